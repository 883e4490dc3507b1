using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>
/// Stored files with content that nobody stored, and checksums that are right: what gets past the container, and reaches what reads the content. Knows the container's layout
/// (four letters, version, int64 length, content, SHA-256 of all of it) by itself.
/// </summary>
internal static class Forgery
{
    private const int HeaderLength = 4 + 1 + sizeof(long);

    private static readonly byte[][] _patterns =
    [
        [0xFF, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0x7F], [0x00, 0x00, 0x00, 0x80], [0x00, 0x00, 0x00, 0x00], [0x01, 0x00, 0x00, 0x00],
        BitConverter.GetBytes(float.NaN), BitConverter.GetBytes(float.NegativeInfinity), BitConverter.GetBytes(float.MaxValue),
        BitConverter.GetBytes(double.NaN), BitConverter.GetBytes(double.PositiveInfinity), BitConverter.GetBytes(long.MaxValue), BitConverter.GetBytes(-1.0), [0xC3], [0x02],
    ];

    /// <summary>Every block of the file with each of some changes of its content, at every <paramref name="step"/>th place; blocks within blocks too.</summary>
    public static IEnumerable<(string What, byte[] File)> Forge(byte[] file, int step = 1)
    {
        foreach (var (start, length) in FindBlocks(file))
        {
            var name = Encoding.ASCII.GetString(file, start, 4);
            var content = file.AsSpan(start + HeaderLength, length).ToArray();
            foreach (var (what, changed) in Change(content, step).Concat(Forge(content, step)))
                yield return ($"{name} at {start}: {what}", Replace(file, start, length, changed));
        }
    }

    /// <summary>The same of the entries of a zip archive, such as an ML.NET model.</summary>
    public static IEnumerable<(string What, byte[] File)> ForgeEntries(byte[] archive, int step = 1)
    {
        var entries = Unpack(archive);
        foreach (var (name, content) in entries)
        {
            // ML.NET's headers state lengths and places; content of another length is its own to refuse.
            foreach (var (what, forged) in Forge(content, step).Where(entry => entry.File.Length == content.Length))
                yield return ($"{name}, {what}", Pack(entries.Select(entry => entry.Name == name ? (name, forged) : entry)));
        }
    }

    /// <summary>The file with other content in one of its blocks, the first unless told.</summary>
    public static byte[] Change(byte[] file, Func<byte[], byte[]> change, int block = 0)
    {
        var (start, length) = FindBlocks(file).ElementAt(block);
        return Replace(file, start, length, change(file.AsSpan(start + HeaderLength, length).ToArray()));
    }

    /// <summary>An archive with other content in the first block of each entry that has one.</summary>
    public static byte[] ChangeEntries(byte[] archive, Func<byte[], byte[]> change) =>
        Pack(Unpack(archive).Select(entry => FindBlocks(entry.Content).Any() ? (entry.Name, Change(entry.Content, change)) : entry));

    private static List<(string Name, byte[] Content)> Unpack(byte[] archive)
    {
        var entries = new List<(string Name, byte[] Content)>();
        using var zip = new ZipArchive(new MemoryStream(archive));
        foreach (var entry in zip.Entries)
        {
            using var stream = entry.Open();
            using var copy = new MemoryStream();
            stream.CopyTo(copy);
            entries.Add((entry.FullName, copy.ToArray()));
        }

        return entries;
    }

    private static byte[] Pack(IEnumerable<(string Name, byte[] Content)> entries)
    {
        using var result = new MemoryStream();
        using (var zip = new ZipArchive(result, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                using var stream = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
                stream.Write(content);
            }
        }

        return result.ToArray();
    }

    private static IEnumerable<(string What, byte[] Content)> Change(byte[] content, int step)
    {
        for (var at = 0; at < content.Length; at += step)
        {
            foreach (var pattern in _patterns)
            {
                if (at + pattern.Length > content.Length || content.AsSpan(at).StartsWith(pattern))
                    continue;
                var changed = content.ToArray();
                pattern.CopyTo(changed, at);
                yield return ($"{Convert.ToHexString(pattern)} at {at} of {content.Length}", changed);
            }

            yield return ($"cut after {at} of {content.Length}", content[..at]);
        }

        yield return ("followed by more", [.. content, 1, 2, 3, 4]);
    }

    private static byte[] Replace(byte[] file, int start, int length, byte[] content)
    {
        var header = file.AsSpan(start, HeaderLength).ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(5), content.Length);
        byte[] block = [.. header, .. content];

        return [.. file[..start], .. block, .. SHA256.HashData(block), .. file[(start + HeaderLength + length + SHA256.HashSizeInBytes)..]];
    }

    private static IEnumerable<(int Start, int Length)> FindBlocks(byte[] file)
    {
        for (var at = 0; at + HeaderLength + SHA256.HashSizeInBytes <= file.Length; at++)
        {
            if (file[at] != 'M' || file[at + 1] != 'G')
                continue;
            var length = BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(at + 5));
            var end = at + HeaderLength + length;
            if (length < 0 || end > file.Length - SHA256.HashSizeInBytes || !SHA256.HashData(file.AsSpan(at, HeaderLength + (int)length)).AsSpan().SequenceEqual(file.AsSpan((int)end, SHA256.HashSizeInBytes)))
                continue;
            yield return (at, (int)length);
            at = (int)end + SHA256.HashSizeInBytes - 1;
        }
    }
}
