using System.Globalization;
using System.Text.Json;

namespace Microsoft.ML.ModalityGap;

/// <summary>Members of JSON files, with errors that say where they should be.</summary>
internal static class DataJson
{
    /// <exception cref="InvalidDataException">It is missing or something else.</exception>
    internal static IEnumerable<JsonElement> GetArray(JsonElement element, string name, string where) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var array) && array.ValueKind == JsonValueKind.Array
            ? array.EnumerateArray()
            : throw new InvalidDataException($"{where} has no list '{name}'.");

    /// <summary>A text, or a number as it is written.</summary>
    /// <exception cref="InvalidDataException">It is missing or something else.</exception>
    internal static string GetText(JsonElement element, string name, string where) =>
        FindText(element, name) ?? throw new InvalidDataException($"{where} has no text '{name}'.");

    internal static string? FindText(JsonElement element, string name) =>
        element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out var value) ? null : value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number => value.GetRawText(),
            _ => null,
        };

    /// <summary>The objects of a file with one a line.</summary>
    /// <exception cref="InvalidDataException">A line is no JSON object.</exception>
    internal static IEnumerable<(JsonElement Entry, string Where)> ReadLines(string path)
    {
        var number = 0;
        foreach (var line in Utf8Lines.Read(path))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
                continue;
            var where = string.Create(CultureInfo.InvariantCulture, $"'{path}', line {number}");
            JsonElement entry;
            try
            {
                using var document = JsonDocument.Parse(line);
                entry = document.RootElement.Clone();
            }
            catch (JsonException exception)
            {
                throw new InvalidDataException($"{where} is not valid JSON: {exception.Message}", exception);
            }

            yield return entry.ValueKind == JsonValueKind.Object ? (entry, where) : throw new InvalidDataException($"{where} should hold a JSON object, but holds {entry.ValueKind}.");
        }
    }
}
