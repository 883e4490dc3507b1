using Microsoft.Extensions.VectorData;

namespace Microsoft.ML.ModalityGap;

/// <summary>What a search of an <see cref="EmbeddingCollection{TKey, TRecord}"/> takes beyond what every vector store does.</summary>
/// <typeparam name="TRecord">The type of the record.</typeparam>
public sealed class EmbeddingSearchOptions<TRecord> : VectorSearchOptions<TRecord>
{
    /// <summary>The modality of the query, as the model spells it; <see langword="null"/> for what its embedding says, or else <see cref="EmbeddingCollectionOptions.QueryModality"/>.</summary>
    public string? QueryModality { get; set; }

    /// <summary>Whether similarities are corrected where the collection's model does. Default <see langword="true"/>.</summary>
    public bool UseCorrection { get; set; } = true;

    /// <summary>Records that are less probable to match are not found, so that a query may find nothing; for a model whose correction is calibrated (<see cref="MatchCalibration"/>).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 1.</exception>
    public double? MinimumProbability
    {
        get;
        set => field = value is null or (>= 0 and <= 1) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A probability is from 0 to 1.");
    }
}
