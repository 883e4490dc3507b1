using System.Text.Json;

namespace Microsoft.ML.ModalityGap;

/// <summary>Reads a JSON file whose root is an object, with errors that name the file.</summary>
internal static class JsonFile
{
    /// <exception cref="FileNotFoundException">The file is missing.</exception>
    /// <exception cref="InvalidDataException">The file is not a JSON object.</exception>
    internal static JsonDocument Parse(string path) => Parse(ReadAllBytes(path), path);

    /// <summary>Parses a file's content.</summary>
    /// <exception cref="InvalidDataException">The content is not a JSON object.</exception>
    internal static JsonDocument Parse(ReadOnlyMemory<byte> content, string path)
    {
        if (content.Span.StartsWith("\uFEFF"u8))
            content = content["\uFEFF"u8.Length..];
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(content, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
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
    /// <exception cref="InvalidDataException">The file is too large to be read at once.</exception>
    internal static byte[] ReadAllBytes(string path)
    {
        using var stream = Open(path);
        if (stream.Length > Array.MaxLength)
            throw new InvalidDataException($"'{path}' has {stream.Length} bytes, more than any tokenizer's file.");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
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
