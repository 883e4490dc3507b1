namespace Microsoft.ML.ModalityGap;

/// <summary>
/// The checksums of images, and by what stamp each was read, so that only a file whose stamp changed is read again. Kept in small files of what was read at one time, none of which is ever written again.
/// </summary>
internal sealed class ImageChecksums(string folder)
{
    private const string What = "file of image checksums";

    private static readonly BlockSignature _signature = new("MGBS", Version: 1);

    private readonly Lazy<Dictionary<string, string>> _known = new(() => Load(folder));

    /// <summary>What the contents are known by.</summary>
    /// <returns>Of each its checksum; of one that cannot be read why, which is no checksum of anything.</returns>
    internal IReadOnlyList<string> Get(IEnumerable<ImageContent> contents)
    {
        var read = new List<KeyValuePair<string, string>>();
        string[] checksums = [.. contents.Select(Get)];
        if (read.Count > 0)
            Store(read);
        return checksums;

        string Get(ImageContent content)
        {
            try
            {
                // Before it is read: what is written meanwhile has another.
                var stamp = EmbeddingCache.GetKey(content.Stamp, []);
                if (!_known.Value.TryGetValue(stamp, out var checksum))
                {
                    _known.Value[stamp] = checksum = ImageContent.GetChecksum(content.Read());
                    read.Add(new(stamp, checksum));
                }

                return checksum;
            }
            catch (IOException exception)
            {
                return $"unread: {exception.Message}";
            }
        }
    }

    /// <summary>int32 number of entries, and of each its stamp's hash and its checksum as texts.</summary>
    private void Store(List<KeyValuePair<string, string>> entries)
    {
        Directory.CreateDirectory(folder);
        AtomicFile.Write(Path.Combine(folder, EmbeddingCache.GetKey(What, entries.Select(entry => entry.Key)) + ".checksums"), stream => CheckedBlock.Write(stream, _signature, writer =>
        {
            writer.Write(entries.Count);
            foreach (var (stamp, checksum) in entries)
            {
                writer.WriteText(stamp);
                writer.WriteText(checksum);
            }
        }));
    }

    private static Dictionary<string, string> Load(string folder)
    {
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.checksums") : [])
        {
            try
            {
                using var stream = InputFile.OpenRead(file);
                foreach (var (stamp, checksum) in CheckedBlock.Read(stream, _signature, What, Read))
                    known[stamp] = checksum;
            }
            catch (InvalidDataException)
            {
                // Damaged: those images are read again, and the file is replaced.
            }
        }

        return known;
    }

    private static List<KeyValuePair<string, string>> Read(BlockReader reader)
    {
        var entries = new List<KeyValuePair<string, string>>();
        for (var i = reader.ReadCount(); i > 0; i--)
            entries.Add(new(reader.ReadText(), reader.ReadText()));
        return entries;
    }
}
