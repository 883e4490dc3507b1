namespace Microsoft.ML.ModalityGap;

/// <summary>The blocks of a <see cref="StatisticsFile"/>.</summary>
/// <remarks>
/// <code>
/// block MGSH: the options (bool normalised, byte moments, int32 folds, int32 rows of the sample, int32 its seed), int32 number of groups, per group
///             int32 number of modalities, per modality its name, int32 dimension, text fingerprint (empty where it is not known); int32 number of shards
/// block MGSP, per shard: int32 group, per modality the file's name and checksum, int64 rows, int64 rows left out, int32 number of parts,
///             per part bool, and if true its statistics (ModalityStatisticsFormat)
/// block MGSB, per group: int32 number of sampled rows, per row int64 key, text shard, int64 row, per modality its values
/// </code>
/// </remarks>
internal static class ShardStatisticsFormat
{
    internal const string What = "file of shard statistics";

    internal static readonly BlockSignature Head = new("MGSH", Version: 1);
    internal static readonly BlockSignature Shard = new("MGSP", Version: 1);
    internal static readonly BlockSignature Sample = new("MGSB", Version: 1);

    // A block is one array in memory.
    internal const long MaximumSampleBytes = 1L << 30;

    internal static void WriteHead(BinaryWriter writer, IReadOnlyList<ShardGroup> groups, ShardOptions options, int shards)
    {
        writer.Write(options.Normalize);
        writer.Write((byte)options.Moments);
        writer.Write(options.Folds);
        writer.Write(options.SampleRows);
        writer.Write(options.SampleSeed);
        writer.Write(groups.Count);
        foreach (var group in groups)
        {
            writer.Write(group.Names.Count);
            for (var i = 0; i < group.Names.Count; i++)
            {
                writer.WriteText(group.Names[i]);
                writer.Write(group.Dimensions[i]);
                writer.WriteText(group.Fingerprints[i] ?? "");
            }
        }

        writer.Write(shards);
    }

    internal static (IReadOnlyList<ShardGroup> Groups, ShardOptions Options, int Shards) ReadHead(BlockReader reader)
    {
        var options = new ShardOptions { Normalize = reader.ReadBoolean(), Moments = (ModalityMoments)reader.ReadByte(), Folds = reader.ReadInt32(), SampleRows = reader.ReadInt32(), SampleSeed = reader.ReadInt32() };
        var groups = new ShardGroup[reader.ReadCount()];
        for (var i = 0; i < groups.Length; i++)
        {
            var modalities = Enumerable.Range(0, reader.ReadCount()).Select(_ => (Name: reader.ReadText(), Dimension: reader.ReadInt32(), Fingerprint: reader.ReadText())).ToArray();
            groups[i] = new ShardGroup([.. modalities.Select(entry => entry.Name)], [.. modalities.Select(entry => entry.Dimension)], [.. modalities.Select(entry => entry.Fingerprint.Length == 0 ? null : entry.Fingerprint)]);
        }

        var shards = reader.ReadInt32();
        if (!Enum.IsDefined(options.Moments) || options.Folds < 1 || options.SampleRows < 0 || shards < 0
            || groups.Any(group => group.Names.Count is not (1 or 2) || group.Dimensions.Any(dimension => dimension is < 1 or > EmbeddingMapFormat.MaximumDimension)))
        {
            throw new InvalidDataException($"The {What} is damaged: {options.Describe()}, {groups.Length} groups and {shards} shards.");
        }

        return (groups, options, shards);
    }

    internal static void WriteShard(BinaryWriter writer, int group, ShardStatistics shard)
    {
        writer.Write(group);
        foreach (var file in shard.Files)
        {
            writer.WriteText(file.Name);
            writer.WriteText(file.Checksum);
        }

        writer.Write(shard.RowCount);
        writer.Write(shard.SkippedCount);
        writer.Write(shard.Parts.Count);
        foreach (var part in shard.Parts)
        {
            writer.Write(part is not null);
            if (part is not null)
                ModalityStatisticsFormat.Write(writer, part);
        }
    }

    internal static ShardStatistics ReadShard(BlockReader reader, IReadOnlyList<ShardGroup> groups, ShardOptions options)
    {
        var number = reader.ReadInt32();
        if (number < 0 || number >= groups.Count)
            throw new InvalidDataException($"The {What} is damaged: a shard is of group {number} of {groups.Count}.");
        var group = groups[number];
        var files = group.Names.Select(_ => new ShardFile(reader.ReadText(), reader.ReadText())).ToArray();
        var (rows, skipped) = (reader.ReadInt64(), reader.ReadInt64());
        var parts = new ModalityStatistics?[reader.ReadCount()];
        for (var i = 0; i < parts.Length; i++)
            parts[i] = reader.ReadBoolean() ? ModalityStatisticsFormat.Read(reader) : null;
        var dimension = group.Dimensions.Sum();
        if (parts.Length != (group.IsPaired ? options.Folds : 1) || skipped < 0 || parts.Sum(part => part?.Count ?? 0) != rows - skipped || parts.Any(part => part is not null && part.Dimension != dimension))
            throw new InvalidDataException($"The {What} is damaged: {rows} rows of '{files[0].Name}', {skipped} of them left out, do not fit to the {parts.Length} parts of their statistics.");
        reader.ExpectEnd();
        return new ShardStatistics(group, files, rows, skipped, parts);
    }

    internal static void WriteSample(BinaryWriter writer, BankSample sample)
    {
        writer.Write(sample.Entries.Count);
        foreach (var entry in sample.Entries)
        {
            writer.Write(entry.Key);
            writer.WriteText(entry.Shard);
            writer.Write(entry.Row);
            foreach (var values in entry.Values)
                writer.WriteFloats(values);
        }
    }

    internal static BankSample ReadSample(BlockReader reader, ShardGroup group, ShardOptions options)
    {
        var sample = new BankSample(options.SampleRows);
        for (var left = reader.ReadCount(); left > 0; left--)
        {
            var entry = new BankSample.Entry(unchecked((ulong)reader.ReadInt64()), reader.ReadText(), reader.ReadInt64(), [.. group.Names.Select(_ => reader.ReadFloats())]);
            if (!entry.Values.Select(values => values.Length).SequenceEqual(group.Dimensions))
                throw new InvalidDataException($"The {What} is damaged: a sampled row of {group.Title} has other dimensions.");
            sample.Add(entry);
        }

        reader.ExpectEnd();
        return sample;
    }
}
