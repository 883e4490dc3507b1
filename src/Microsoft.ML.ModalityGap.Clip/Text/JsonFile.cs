using System.Text.Json;

namespace Microsoft.ML.ModalityGap;

/// <summary>Reads a JSON file whose root is an object, with errors that name the file.</summary>
internal static class JsonFile
{
    /// <exception cref="FileNotFoundException">The file is missing.</exception>
    /// <exception cref="InvalidDataException">The file is not a JSON object.</exception>
    internal static JsonDocument Parse(string path)
    {
        using var stream = Open(path);
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(stream, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"'{path}' is not valid JSON: {exception.Message}", exception);
        }

        if (document.RootElement.ValueKind == JsonValueKind.Object)
            return document;
        var found = document.RootElement.ValueKind;
        document.Dispose();
        throw new InvalidDataException($"'{path}' should hold a JSON object, but holds {found}.");
    }

    /// <exception cref="FileNotFoundException">The file is missing.</exception>
    internal static FileStream Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
            throw new FileNotFoundException($"The file '{path}' does not exist.", path);
        return File.OpenRead(path);
    }
}
