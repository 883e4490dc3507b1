namespace Microsoft.ML.ModalityGap;

/// <summary>A fit of maps, and of a correction, over shards. Its result is that of <c>modality-gap statistics</c> and <c>fit --statistics</c> over the same files, bit for bit.</summary>
public sealed record ClusterFit
{
    /// <summary>The modalities with their shards.</summary>
    public IReadOnlyList<ClusterModality> Modalities { get; init; } = [];

    /// <summary>Whether row i of shard j of two modalities belongs together. Default <see langword="false"/>.</summary>
    public bool ArePairs { get; init; }

    /// <summary>The name of an estimator that silos know (<see cref="ModalityGapSiloOptions.AddEstimator"/>). Default: for pairs of one dimension whiten and align, else whiten, as the tool does.</summary>
    public string Estimator { get; init; } = ModalityGapSiloOptions.DefaultEstimator;

    /// <summary>The model to write, at a path that all silos see; <c>mlContext.Model.Load</c> opens it. It appears when all shards are in it.</summary>
    public string Output { get; init; } = "";

    /// <summary>How many rows to draw of all shards together, for a correction. Default 4,000.</summary>
    public int SampleRows { get; init; } = ShardOptions.Default.SampleRows;

    /// <summary>Which rows those are. Default 0.</summary>
    public int Seed { get; init; }

    /// <summary>Of pairs, in how many parts they are dealt, so that a shrinkage can be chosen by cross-validation. Default 1.</summary>
    public int Folds { get; init; } = 1;

    /// <summary>Whether rows are made unit vectors first. Default <see langword="true"/>.</summary>
    public bool NormalizeInput { get; init; } = true;

    /// <summary>What to do with rows that cannot be used. Default <see cref="UnusableRows.Throw"/>, which ends the job with the shard's name.</summary>
    public UnusableRows UnusableRows { get; init; }
}
