namespace Microsoft.ML.ModalityGap;

/// <summary>What is computed of every shard. Statistics of shards are merged only where it is the same.</summary>
internal sealed record ShardOptions
{
    internal static ShardOptions Default { get; } = new();

    /// <summary>Whether each row is divided by its length first.</summary>
    internal bool Normalize { get; init; } = true;

    /// <summary>What becomes of rows that cannot be used; no part of what has to be the same, since it is seen in the numbers of rows.</summary>
    internal UnusableRows UnusableRows { get; init; }

    /// <summary>How much is computed of modalities that are no pairs; of pairs it is covariances.</summary>
    internal ModalityMoments Moments { get; init; } = ModalityMoments.Covariance;

    /// <summary>In how many parts pairs are dealt, by their number in the shard, so that a shrinkage can be chosen by cross-validation.</summary>
    internal int Folds { get; init; } = 1;

    /// <summary>How many rows the sample of all shards together holds.</summary>
    internal int SampleRows { get; init; } = 4 * SimilarityCorrectionOptions.Default.MaximumBankRows;

    /// <summary>Which rows that are.</summary>
    internal int SampleSeed { get; init; }

    /// <summary>What has to be the same of all shards, in words.</summary>
    internal string Describe() =>
        $"{(Normalize ? "normalised" : "unnormalised")} rows, {Moments}, folds {Folds}, a sample of {SampleRows} rows by the seed {SampleSeed}";

    internal ModalityStatisticsOptions ToStatisticsOptions() => new() { Normalize = Normalize, UnusableRows = UnusableRows, Moments = Moments };
}
