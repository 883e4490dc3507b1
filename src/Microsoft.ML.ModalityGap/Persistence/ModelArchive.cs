using System.IO.Compression;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Whether a saved model holds what was stored, before ML.NET reads it: it does not come to an end over some changed bytes of its entry <c>Schema</c>, nor does .NET hold an archive's entries against their checksums.
/// </summary>
internal static class ModelArchive
{
    // What ML.NET stores of its own is small. What is larger is ours, with a checksum inside; and an archive may claim any length.
    private const long CheckedLength = 1 << 24;

    /// <summary>What <c>mlContext.Model.Load(path, out schema)</c> gives, of a file that was looked at before.</summary>
    /// <exception cref="InvalidDataException">See <see cref="Check"/>. ML.NET's loader throws what its parts throw, wrapped once or more.</exception>
    internal static ITransformer Load(MLContext context, string path, out DataViewSchema schema)
    {
        using var stream = InputFile.OpenRead(path);
        Check(stream);
        return context.Model.Load(stream, out schema);
    }

    /// <summary>Looks at the archive's small entries, and goes back to its beginning.</summary>
    /// <returns>Whether that was all of it: the whole archive is small.</returns>
    /// <exception cref="InvalidDataException">It is no archive, or one of its entries is not what was stored. Whoever makes an archive can make its checksums: this finds damage, not forgery.</exception>
    internal static bool Check(Stream stream)
    {
        var buffer = new byte[1 << 13];
        var left = CheckedLength;
        var isSmall = true;
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true))
        {
            foreach (var entry in archive.Entries)
            {
                if (entry.Length > left)
                {
                    isSmall = false;
                    continue;
                }

                left -= entry.Length;
                using var content = entry.Open();
                var (checksum, length) = (default(Crc32), 0L);
                for (int read; length <= entry.Length && (read = content.Read(buffer)) > 0; length += read)
                    checksum.Add(buffer.AsSpan(0, read));
                if (length != entry.Length || checksum.Value != entry.Crc32)
                    throw new InvalidDataException($"The model is damaged: its part '{entry.FullName}' is not what was stored.");
            }
        }

        stream.Position = 0;
        return isSmall;
    }
}
