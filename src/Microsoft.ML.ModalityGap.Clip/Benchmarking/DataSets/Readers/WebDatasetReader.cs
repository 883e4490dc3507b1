using System.Formats.Tar;
using System.Globalization;
using System.Text;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Tar files of WebDataset, as CLIP_benchmark has them: members of one sample follow each other and share all of their name before the first dot. <c>KEY.jpg</c> (or another image) is the image, <c>KEY.cls</c> the number of its
/// class, <c>KEY.txt</c> its captions, one a line, or <c>KEY.json</c> with <c>caption</c>. Classes are named in <c>classnames.txt</c>; shards of parts lie in folders called after them.
/// </summary>
internal sealed class WebDatasetReader : IDataReader
{
    private const int MaximumTextBytes = 1 << 20;

    public string Format => "webdataset";

    public string Expects => "a folder with .tar files, perhaps below train, val and test; or one .tar file";

    public bool Recognises(string path) => FindShards(path).Any();

    public void Read(string path, DataBuilder builder)
    {
        string[]? names = DataFolder.FindFile(path, "classnames.txt") is { } file ? [.. Utf8Lines.Read(file).Select(line => line.Trim()).Where(line => line.Length > 0)] : null;
        var hasClasses = false;
        foreach (var shard in FindShards(path))
        {
            var part = DataParts.Parse(Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(shard)))!);
            foreach (var sample in ReadSamples(shard))
                hasClasses |= Add(sample, shard, part, names, builder);
        }

        if (hasClasses)
            builder.Classes = new DataClasses(names ?? throw new InvalidDataException($"'{path}' has samples with a class, but no file classnames.txt that names the classes, one a line."), DataTemplates.Find(path));
    }

    private static IEnumerable<string> FindShards(string path) => File.Exists(path)
        ? Path.GetExtension(path) == ".tar" ? [path] : []
        : Directory.Exists(path) ? DataFolder.EnumerateFiles(path, name => name.EndsWith(".tar", StringComparison.Ordinal)).Order(StringComparer.Ordinal) : [];

    private static bool Add(Sample sample, string shard, string part, string[]? names, DataBuilder builder)
    {
        var id = $"{part}/{Path.GetFileName(shard)}/{sample.Key}";
        if (builder.HasImage(id))
        {
            builder.Note("duplicate sample", id);
            return false;
        }

        var where = $"'{shard}', sample '{sample.Key}'";
        var label = -1;
        if (sample.Class is { } text && (!int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out label) || label >= (names?.Length ?? int.MaxValue)))
            throw new InvalidDataException($"{where}: '{text.Trim()}' is no number of a class{(names is null ? "" : $" from 0 to {names.Length - 1}")}.");
        var image = builder.AddImage(id, part, sample.Image, label);
        foreach (var caption in image < 0 ? [] : sample.Captions)
            builder.Captions.Add(new DataCaption(image, builder.AddText(caption)));
        return label >= 0 && image >= 0;
    }

    private static IEnumerable<Sample> ReadSamples(string shard)
    {
        using var stream = InputFile.OpenRead(shard);
        using var reader = new TarReader(stream);
        Sample? sample = null;
        for (var next = 0L; Next(reader, stream, next, shard) is { } entry;)
        {
            next = entry.DataOffset < 0 ? stream.Position : entry.DataOffset + entry.Length;
            if (next > stream.Length)
                throw new InvalidDataException($"'{shard}' is cut short: member '{entry.Name}' would end at byte {next}, the file has {stream.Length}.");
            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile))
                continue;
            var slash = entry.Name.LastIndexOf('/') + 1;
            var dot = entry.Name.IndexOf('.', slash);
            if (dot <= slash)
                continue;
            var (key, extension) = (entry.Name[..dot], entry.Name[dot..].ToLowerInvariant());
            if (sample is null || sample.Key != key)
            {
                if (sample is not null)
                    yield return sample;
                sample = new Sample(key);
            }

            if (ImageNames.IsImage(extension))
                sample.Image = ImageContent.OfRange(shard, entry.DataOffset, entry.Length);
            else if (extension == ".cls")
                sample.Class = ReadText(entry, shard);
            else if (extension == ".txt")
                sample.Captions.AddRange(ReadText(entry, shard).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
            else if (extension == ".json" && DataJson.FindText(DataJson.Parse(ReadText(entry, shard), $"'{shard}', member '{entry.Name}'"), "caption") is { } caption)
                sample.Captions.Add(caption.Trim());
        }

        if (sample is not null)
            yield return sample;
    }

    private static TarEntry? Next(TarReader reader, FileStream stream, long position, string shard)
    {
        try
        {
            CheckNames(stream, position);
            return reader.GetNextEntry();
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException or FormatException or ArgumentException or NotSupportedException or OverflowException)
        {
            throw new InvalidDataException($"'{shard}' is no tar file, or a damaged one: {exception.Message}", exception);
        }
    }

    /// <summary>What stands before a member because its name or another property has no room in its header: <see cref="TarReader"/> takes as much memory for that as is stated.</summary>
    private static void CheckNames(FileStream stream, long position)
    {
        const int Block = 512, SizeOffset = 124, SizeLength = 12, KindOffset = 156;
        var (back, header) = (stream.Position, new byte[Block]);
        while (true)
        {
            // Headers begin at whole blocks.
            stream.Position = position = (position + Block - 1) / Block * Block;
            if (stream.ReadAtLeast(header, Block, throwOnEndOfStream: false) < Block || header[KindOffset] is not ((byte)'x' or (byte)'g' or (byte)'L' or (byte)'K'))
                break;
            var size = 0L;
            foreach (var digit in header.AsSpan(SizeOffset, SizeLength).TrimStart((byte)' '))
            {
                // Octal, behind it a space or nothing.
                if (digit is < (byte)'0' or > (byte)'7')
                    break;
                size = 8 * size + digit - '0';
            }

            if (header[SizeOffset] > 127 || size > MaximumTextBytes || size > stream.Length - stream.Position)
                throw new InvalidDataException($"the header at byte {position} is followed by {size} bytes of names; {MaximumTextBytes} are allowed.");
            position = stream.Position + size;
        }

        stream.Position = back;
    }

    private static string ReadText(TarEntry entry, string shard)
    {
        if (entry.Length > MaximumTextBytes)
            throw new InvalidDataException($"'{shard}', member '{entry.Name}' has {entry.Length} bytes; a text has {MaximumTextBytes} at most.");
        var content = new byte[entry.Length];
        entry.DataStream?.ReadExactly(content);
        return Encoding.UTF8.GetString(content);
    }

    private sealed class Sample(string key)
    {
        internal string Key { get; } = key;

        internal ImageContent? Image { get; set; }

        internal string? Class { get; set; }

        internal List<string> Captions { get; } = [];
    }
}
