using System.Globalization;
using System.Text;
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
            var entry = Parse(line, where);
            yield return entry.ValueKind == JsonValueKind.Object ? (entry, where) : throw new InvalidDataException($"{where} should hold a JSON object, but holds {entry.ValueKind}.");
        }
    }

    /// <summary>What a text holds.</summary>
    /// <exception cref="InvalidDataException">It is no JSON, or has texts that are none.</exception>
    internal static JsonElement Parse(string text, string where)
    {
        try
        {
            JsonFile.CheckTexts(Encoding.UTF8.GetBytes(text));
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{where} is not valid JSON: {exception.Message}", exception);
        }
        catch (InvalidOperationException exception)
        {
            throw new InvalidDataException($"{where} holds what is no valid text: {exception.Message}", exception);
        }
    }
}
