using System.IO.Compression;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>A .zip, such as .npz and ML.NET's models: an entry is changed as what it is, or renamed, doubled, dropped; its checksum is made anew.</summary>
/// <param name="choose">What the entry of a name is made of.</param>
internal sealed class ZipShape(Func<string, InputShape> choose) : InputShape
{
    internal override byte[] Mutate(byte[] parent, FuzzRandom random)
    {
        var entries = Read(parent);
        if (entries is not { Count: > 0 })
            return ByteShape.Any.Mutate(parent, random);
        var chosen = random.Next(entries.Count);
        var (name, content) = entries[chosen];
        switch (random.Next(12))
        {
            case 0:
                entries.RemoveAt(chosen);
                break;
            case 1:
                entries.Insert(random.Next(entries.Count + 1), (name, content));
                break;
            case 2:
                entries[chosen] = (random.Chance(0.5) ? "../" + name : name + random.Next(3), content);
                break;
            default:
                entries[chosen] = (name, choose(name).Mutate(content, random));
                break;
        }

        return Write(entries, random.Chance(0.5) ? CompressionLevel.NoCompression : CompressionLevel.Fastest);
    }

    internal static byte[] Write(IEnumerable<(string Name, byte[] Content)> entries, CompressionLevel level)
    {
        using var file = new MemoryStream();
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                using var stream = archive.CreateEntry(name, level).Open();
                stream.Write(content);
            }
        }

        return file.ToArray();
    }

    /// <summary>The entries of what may have been damaged before; <see langword="null"/> where it cannot be read any more.</summary>
    private static List<(string Name, byte[] Content)>? Read(byte[] bytes)
    {
        try
        {
            using var archive = new ZipArchive(new MemoryStream(bytes));
            var entries = new List<(string, byte[])>();
            foreach (var entry in archive.Entries)
            {
                using var stream = entry.Open();
                using var content = new MemoryStream();
                var buffer = new byte[4096];
                for (int read; content.Length < MaximumLength && (read = stream.Read(buffer)) > 0;)
                    content.Write(buffer, 0, read);
                entries.Add((entry.FullName, content.ToArray()));
            }

            return entries;
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or NotSupportedException or ArgumentException)
        {
            return null;
        }
    }
}
