using System.Text;

namespace Microsoft.ML.ModalityGap;

/// <summary>Text files with something in each line.</summary>
internal static class Utf8Lines
{
    /// <summary>All lines of a file.</summary>
    /// <exception cref="InvalidDataException">The file is empty or not in UTF-8.</exception>
    /// <exception cref="IOException">It is a pipe or a device, or cannot be read.</exception>
    internal static List<string> Read(string path)
    {
        var lines = new List<string>();
        try
        {
            using var reader = new StreamReader(InputFile.OpenRead(path), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
            while (reader.ReadLine() is { } line)
                lines.Add(line);
        }
        catch (DecoderFallbackException exception)
        {
            throw new InvalidDataException($"'{path}' is not in UTF-8 (somewhere behind line {lines.Count}). Convert it, as with iconv -t UTF-8.", exception);
        }

        return lines.Count > 0 ? lines : throw new InvalidDataException($"'{path}' is empty; a line for each row is expected.");
    }
}
