namespace Microsoft.ML.ModalityGap;

/// <summary>Statistics computed before, such as merged ones of shards.</summary>
internal sealed class StatisticsFitSource : MapFitSource
{
    private readonly IReadOnlyList<ModalityStatistics> _given;
    private readonly PairStatistics? _pairs;

    /// <exception cref="ArgumentException">A modality is missing, or was normalised otherwise.</exception>
    internal StatisticsFitSource(ModalityFitOptions options, IReadOnlyList<(string Modality, ModalityStatistics? Statistics)> statistics)
        : base(options)
    {
        Modalities = [.. statistics.Select(entry => entry.Modality)];
        _given = [.. statistics.Select(entry => Check(entry.Modality, entry.Statistics, options))];
    }

    /// <exception cref="ArgumentException">The statistics were normalised otherwise.</exception>
    internal StatisticsFitSource(ModalityFitOptions options, IReadOnlyList<string> modalities, PairStatistics pairs)
        : this(options, [(modalities[0], pairs.First), (modalities[1], pairs.Second)])
    {
        _pairs = pairs;
    }

    internal override IReadOnlyList<string> Modalities { get; }

    internal override IReadOnlyList<int> Dimensions => [.. _given.Select(statistics => statistics.Dimension)];

    internal override IReadOnlyList<ModalityStatistics> Measure(IReadOnlyList<EmbeddingMap> maps) =>
        throw NeedsRows("measures the rows again behind its first steps", "Fit it on data, or choose options that need no second pass.");

    /// <summary>Rows drawn with the statistics, normalised where these are; <see langword="null"/> where there are none.</summary>
    internal RowSample? Rows { get; init; }

    /// <summary>Per modality, of how many rows they were drawn.</summary>
    internal IReadOnlyList<long> RowCounts { get; init; } = [];

    /// <summary>Per modality what its vectors came through; empty where that is not known.</summary>
    internal IReadOnlyList<string> ExpectedInputs { get; init; } = [];

    internal override string? GetExpectedInput(int modality) => ExpectedInputs.ElementAtOrDefault(modality);

    internal override RowSample Sample(int count, int seed)
    {
        if (Rows is null)
            throw NeedsRows("draws rows", "Fit it on data.");
        var chosen = new int[Modalities.Count][];
        for (var i = 0; i < chosen.Length; i++)
        {
            if (Rows.Count(i) < Math.Min(count, RowCounts[i]))
                throw new ArgumentException($"This method draws {Math.Min(count, RowCounts[i])} rows of '{Modalities[i]}', but the statistics came with a sample of {Rows.Count(i)} of its {RowCounts[i]} rows. Compute them with a sample of at least {count}.");
            chosen[i] = RowSampler.Choose(Rows.Count(i), count, Rows.ArePairs ? seed : unchecked(seed + i));
        }

        return Rows with { Rows = [.. Rows.Rows.Select((rows, i) => RowSampler.Take(rows, Dimensions[i], chosen[i]))] };
    }

    private protected override IReadOnlyList<ModalityStatistics> ComputeStatistics(ModalityMoments moments)
    {
        for (var i = 0; i < _given.Count; i++)
        {
            if (_given[i].Moments < moments)
                throw new ArgumentException($"The statistics of '{Modalities[i]}' hold {_given[i].Moments}, but {moments} is needed.");
        }

        return _given;
    }

    private protected override PairStatistics ComputePairStatistics(int folds)
    {
        if (_pairs is null)
            throw NeedsPairs();
        return _pairs.Folds.Count >= folds
            ? _pairs
            : throw new ArgumentException(
                $"Choosing the shrinkage takes pair statistics in at least {folds} folds, but these have {_pairs.Folds.Count}. Compute them with more, or set the shrinkage.");
    }

    private static ModalityStatistics Check(string name, ModalityStatistics? statistics, ModalityFitOptions options)
    {
        if (statistics is null)
            throw new ArgumentException($"There are no statistics for the modality '{name}'.", nameof(statistics));
        if (statistics.Normalized != options.NormalizeInput)
        {
            throw new ArgumentException(
                $"The statistics of '{name}' are of {(statistics.Normalized ? "normalised" : "unnormalised")} rows, but {nameof(ModalityFitOptions.NormalizeInput)} is {options.NormalizeInput}.",
                nameof(statistics));
        }

        return statistics;
    }
}
