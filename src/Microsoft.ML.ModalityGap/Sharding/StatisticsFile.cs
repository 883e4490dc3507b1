namespace Microsoft.ML.ModalityGap;

/// <summary>A file with the statistics of some shards, each on its own, and the sample of their rows: what jobs on any machine write and <see cref="MergedStatistics"/> reads.</summary>
internal sealed class StatisticsFile
{
    private readonly string _path;

    private StatisticsFile(string path, IReadOnlyList<ShardGroup> groups, ShardOptions options, IReadOnlyList<(ShardStatistics, long)> shards, IReadOnlyList<BankSample> samples)
    {
        (_path, Groups, Options, Samples) = (path, groups, options, samples);
        Shards = [.. shards.Select(entry => new Entry(this, entry.Item1 with { Parts = [] }, entry.Item2))];
    }

    internal string Path => _path;

    internal IReadOnlyList<ShardGroup> Groups { get; }

    internal ShardOptions Options { get; }

    /// <summary>The shards, without their numbers: these stay in the file until they are needed.</summary>
    internal IReadOnlyList<Entry> Shards { get; }

    /// <summary>The sample of each group.</summary>
    internal IReadOnlyList<BankSample> Samples { get; }

    /// <summary>Writes a file, shard by shard as they are computed.</summary>
    /// <param name="path">The file, which appears when it is complete.</param>
    /// <param name="groups">The modalities.</param>
    /// <param name="options">What is computed.</param>
    /// <param name="count">The number of shards.</param>
    /// <param name="measure">Computes each of them, and takes rows of each group into its sample.</param>
    /// <exception cref="InvalidDataException">A row cannot be used, or the sample is too large for a file.</exception>
    internal static void Write(string path, IReadOnlyList<ShardGroup> groups, ShardOptions options, int count, Func<IReadOnlyList<BankSample>, IEnumerable<ShardStatistics>> measure)
    {
        foreach (var group in groups)
        {
            if ((long)options.SampleRows * group.Dimensions.Sum() * sizeof(float) > ShardStatisticsFormat.MaximumSampleBytes)
                throw new InvalidDataException($"A sample of {options.SampleRows} rows of {group.Title} takes more than a gigabyte. Take fewer.");
        }

        AtomicFile.Write(path, stream =>
        {
            var samples = groups.Select(_ => new BankSample(options.SampleRows)).ToArray();
            CheckedBlock.Write(stream, ShardStatisticsFormat.Head, writer => ShardStatisticsFormat.WriteHead(writer, groups, options, count));
            foreach (var shard in measure(samples))
                CheckedBlock.Write(stream, ShardStatisticsFormat.Shard, writer => ShardStatisticsFormat.WriteShard(writer, groups.ToList().IndexOf(shard.Group), shard));
            foreach (var sample in samples)
                CheckedBlock.Write(stream, ShardStatisticsFormat.Sample, writer => ShardStatisticsFormat.WriteSample(writer, sample));
        });
    }

    /// <summary>Reads a file and checks all of it.</summary>
    /// <exception cref="InvalidDataException">It is no such file, a damaged one, or one of a newer version.</exception>
    internal static StatisticsFile Open(string path)
    {
        using var stream = OpenStream(path);
        try
        {
            var (groups, options, count) = ShardStatisticsFormat.ReadHead(CheckedBlock.Read(stream, ShardStatisticsFormat.Head, ShardStatisticsFormat.What));
            var shards = new List<(ShardStatistics, long)>();
            for (var i = 0; i < count; i++)
            {
                var position = stream.Position;
                shards.Add((ReadShard(stream, groups, options) with { Parts = [] }, position));
            }

            BankSample[] samples = [.. groups.Select(group => ShardStatisticsFormat.ReadSample(CheckedBlock.Read(stream, ShardStatisticsFormat.Sample, ShardStatisticsFormat.What), group, options))];
            return new StatisticsFile(path, groups, options, shards, samples);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"'{path}' cannot be read: {exception.Message}", exception);
        }
    }

    private static ShardStatistics ReadShard(Stream stream, IReadOnlyList<ShardGroup> groups, ShardOptions options) =>
        ShardStatisticsFormat.ReadShard(CheckedBlock.Read(stream, ShardStatisticsFormat.Shard, ShardStatisticsFormat.What), groups, options);

    private static FileStream OpenStream(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16);

    /// <param name="file">The file.</param>
    /// <param name="shard">The shard, without parts.</param>
    /// <param name="position">Where its block begins.</param>
    internal sealed class Entry(StatisticsFile file, ShardStatistics shard, long position)
    {
        internal StatisticsFile File => file;

        internal ShardStatistics Shard => shard;

        /// <summary>Reads the numbers.</summary>
        internal ShardStatistics Load()
        {
            using var stream = OpenStream(file._path);
            stream.Position = position;
            return ReadShard(stream, file.Groups, file.Options);
        }
    }
}
