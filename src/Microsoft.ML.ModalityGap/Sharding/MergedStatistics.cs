namespace Microsoft.ML.ModalityGap;

/// <summary>
/// The statistics of all rows of many shards, from files of any number of jobs. Shards are merged one after the other in the order of their checksums, so that the result is the same bit for bit however they were named,
/// ordered and divided among jobs.
/// </summary>
internal sealed class MergedStatistics
{
    private readonly IReadOnlyList<BankSample> _samples;
    private readonly IReadOnlyList<ModalityStatistics?[]> _totals;

    private MergedStatistics(ShardOptions options, IReadOnlyList<ShardGroup> groups, IReadOnlyList<ShardStatistics> shards, IReadOnlyList<ModalityStatistics?[]> totals, IReadOnlyList<BankSample> samples) =>
        (Options, Groups, Shards, _totals, _samples) = (options, groups, shards, totals, samples);

    internal ShardOptions Options { get; }

    /// <summary>The modalities: one group of two whose rows are pairs, or a group for each in the order of their names.</summary>
    internal IReadOnlyList<ShardGroup> Groups { get; }

    internal bool IsPaired => Groups[0].IsPaired;

    /// <summary>What was merged, in the order in which it was: names, rows and checksums, without the numbers.</summary>
    internal IReadOnlyList<ShardStatistics> Shards { get; }

    /// <summary>The modalities' names.</summary>
    internal IReadOnlyList<string> Names => [.. Groups.SelectMany(group => group.Names)];

    internal IReadOnlyList<int> Dimensions => [.. Groups.SelectMany(group => group.Dimensions)];

    /// <summary>The number of rows, or pairs, of a group that were used.</summary>
    internal long CountRows(int group) => _totals[group].Sum(part => part?.Count ?? 0);

    /// <summary>Merges the shards of files.</summary>
    /// <param name="paths">Each a file that <see cref="StatisticsFile.Write"/> wrote.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="InvalidDataException">A file cannot be read, files do not go together, or a shard is in two of them.</exception>
    internal static MergedStatistics Merge(IEnumerable<string> paths, CancellationToken cancellationToken = default)
    {
        var files = paths.Select(StatisticsFile.Open).ToArray();
        if (files.Length == 0)
            throw new InvalidDataException("There is no file of statistics to merge.");
        var groups = JoinGroups(files);
        var entries = files.SelectMany(file => file.Shards).OrderBy(entry => entry.Shard.Key, StringComparer.Ordinal).ThenBy(entry => FindGroup(groups, entry.Shard.Group)).ToArray();
        if (entries.Length == 0)
            throw new InvalidDataException("The files of statistics hold no shard.");
        for (var i = 1; i < entries.Length; i++)
        {
            var (first, second) = (entries[i - 1], entries[i]);
            if (first.Shard.Key == second.Shard.Key && HaveSameNames(first.Shard.Group, second.Shard.Group))
            {
                throw new InvalidDataException(
                    $"The shard '{first.Shard.Files[0].Name}' of {first.Shard.Group.Title} in '{first.File.Path}' and '{second.Shard.Files[0].Name}' in '{second.File.Path}' hold the same bytes (SHA-256 {first.Shard.Files[0].Checksum}); its rows would be counted twice. Leave one of them out.");
            }
        }

        var (totals, skipped) = (groups.Select(group => new ModalityStatistics?[group.IsPaired ? files[0].Options.Folds : 1]).ToArray(), new long[groups.Count]);
        foreach (var entry in entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var number = FindGroup(groups, entry.Shard.Group);
            ShardMeasurer.MergeInto(totals[number], entry.Load().Parts);
            skipped[number] += entry.Shard.SkippedCount;
        }

        BankSample[] samples = [.. groups.Select(_ => new BankSample(files[0].Options.SampleRows))];
        foreach (var file in files)
        {
            for (var i = 0; i < file.Groups.Count; i++)
            {
                foreach (var row in file.Samples[i].Entries)
                    samples[FindGroup(groups, file.Groups[i])].Add(row);
            }
        }

        for (var i = 0; i < groups.Count; i++)
        {
            if (Array.FindIndex(totals[i], part => part is not null) is var any && any < 0)
                throw new InvalidDataException($"The shards of {groups[i].Title} have no row to compute statistics of{(skipped[i] > 0 ? $": all {skipped[i]} had to be left out" : "")}.");
            totals[i][any] = totals[i][any]!.WithSkippedCount(skipped[i]);
        }

        return new MergedStatistics(files[0].Options, groups, [.. entries.Select(entry => entry.Shard)], totals, samples);
    }

    /// <summary>Fits maps, and a correction where the estimator is of one.</summary>
    /// <exception cref="ArgumentException">The statistics hold too little for the method, or rows were normalised otherwise.</exception>
    /// <exception cref="InvalidOperationException">The method learns from the rows themselves.</exception>
    internal EmbeddingMapTransformer Fit(IEstimator<EmbeddingMapTransformer> estimator) => estimator switch
    {
        CorrectSimilaritiesEstimator corrected => corrected.Fit(CreateSource),
        EmbeddingMapEstimator maps => maps.Fit(CreateSource(maps.FitOptions)),
        _ => throw new InvalidOperationException($"{estimator.GetType().Name} is trained on the rows themselves, which statistics do not hold. Fit it on files."),
    };

    private StatisticsFitSource CreateSource(ModalityFitOptions options)
    {
        var total = Enumerable.Range(0, Groups.Count).Select(CountRows).ToArray();
        var sample = new RowSample(
            [.. Groups.SelectMany((group, i) => group.Names.Select((_, modality) => _samples[i].Entries.SelectMany(entry => entry.Values[modality]).ToArray()))], Dimensions, IsPaired);
        string[] expected = [.. Groups.SelectMany(group => group.Fingerprints).Select(fingerprint => fingerprint ?? ModalityMap.RawInput)];
        return IsPaired
            ? new StatisticsFitSource(options, Names, new PairStatistics(Groups[0].Dimensions[0], Options.Normalize, [.. _totals[0].OfType<ModalityStatistics>()])) { Rows = sample, RowCounts = [total[0], total[0]], ExpectedInputs = expected }
            : new StatisticsFitSource(options, [.. Groups.Select((group, i) => (group.Names[0], _totals[i][0]))]) { Rows = sample, RowCounts = total, ExpectedInputs = expected };
    }

    /// <summary>The groups of all files.</summary>
    private static List<ShardGroup> JoinGroups(StatisticsFile[] files)
    {
        var first = files[0];
        var joined = new List<(ShardGroup Group, StatisticsFile File)>();
        foreach (var file in files)
        {
            if (file.Options.Describe() != first.Options.Describe())
                throw new InvalidDataException($"Statistics are merged of one kind only, but '{first.Path}' has {first.Options.Describe()}, and '{file.Path}' {file.Options.Describe()}. Compute all with the same options.");
            foreach (var group in file.Groups)
            {
                if (joined.FirstOrDefault(entry => HaveSameNames(entry.Group, group)) is not { Group: { } known, File: var other })
                {
                    joined.Add((group, file));
                    continue;
                }

                for (var i = 0; i < group.Names.Count; i++)
                {
                    if (known.Dimensions[i] != group.Dimensions[i])
                        throw new InvalidDataException($"The rows of '{group.Names[i]}' have {known.Dimensions[i]} dimensions in '{other.Path}' and {group.Dimensions[i]} in '{file.Path}'.");
                    if (known.Fingerprints[i] != group.Fingerprints[i])
                    {
                        throw new InvalidDataException(
                            $"Shards need to lie in one space, but the vectors of '{group.Names[i]}' came through the maps {known.Fingerprints[i] ?? "of none that is known"} in '{other.Path}' and {group.Fingerprints[i] ?? "none that is known"} in '{file.Path}'. Take all raw, or put all through one model.");
                    }
                }
            }
        }

        if (joined.Count > 1 && joined.FirstOrDefault(entry => entry.Group.IsPaired) is { Group: { } pairs } paired)
        {
            var (other, otherFile) = joined.First(entry => entry.Group != pairs);
            throw new InvalidDataException($"'{paired.File.Path}' has pairs of {pairs.Title}, and '{otherFile.Path}' rows of {other.Title}. Compute all as pairs of the same modalities in the same order, or none.");
        }

        return [.. joined.Select(entry => entry.Group).OrderBy(group => group.Names[0], StringComparer.Ordinal)];
    }

    private static int FindGroup(List<ShardGroup> groups, ShardGroup group) => groups.FindIndex(known => HaveSameNames(known, group));

    private static bool HaveSameNames(ShardGroup first, ShardGroup second) => first.Names.SequenceEqual(second.Names);
}
