using System.Text.Json;
using System.Text.Unicode;

namespace Microsoft.ML.ModalityGap;

/// <summary>Reads a JSON file whose root is an object, with errors that name the file.</summary>
internal static class JsonFile
{
    // The largest tokenizers of today have some 40 MB.
    private const long MaximumLength = 1 << 28;

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
            CheckTexts(content.Span);
            document = JsonDocument.Parse(content, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"'{path}' is not valid JSON: {exception.Message}", exception);
        }
        catch (InvalidOperationException exception)
        {
            throw new InvalidDataException($"'{path}' holds what is no valid text: {exception.Message}", exception);
        }

        if (document.RootElement.ValueKind == JsonValueKind.Object)
            return document;
        var found = document.RootElement.ValueKind;
        document.Dispose();
        throw new InvalidDataException($"'{path}' should hold a JSON object, but holds {found}.");
    }

    /// <summary>Looks at every text once: bytes that are no UTF-8, and halves of surrogate pairs, would be noticed only where they are asked for.</summary>
    /// <exception cref="JsonException">The content is not JSON.</exception>
    /// <exception cref="InvalidOperationException">A text is none.</exception>
    internal static void CheckTexts(ReadOnlySpan<byte> content)
    {
        var areBytesValid = Utf8.IsValid(content);
        var reader = new Utf8JsonReader(content, new JsonReaderOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && (reader.ValueIsEscaped || !areBytesValid))
                reader.GetString();
        }
    }

    /// <exception cref="FileNotFoundException">The file is missing.</exception>
    /// <exception cref="InvalidDataException">The file is too large to be read at once.</exception>
    internal static byte[] ReadAllBytes(string path)
    {
        CheckExists(path);
        return InputFile.ReadAllBytes(path, MaximumLength);
    }

    /// <exception cref="FileNotFoundException">The file is missing.</exception>
    internal static FileStream Open(string path)
    {
        CheckExists(path);
        return InputFile.OpenRead(path);
    }

    private static void CheckExists(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
            throw new FileNotFoundException($"The file '{path}' does not exist.", path);
    }
}
