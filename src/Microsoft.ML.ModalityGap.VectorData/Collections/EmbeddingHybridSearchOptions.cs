using Microsoft.Extensions.VectorData;

namespace Microsoft.ML.ModalityGap;

/// <summary>What a hybrid search of an <see cref="EmbeddingCollection{TKey, TRecord}"/> takes beyond what every vector store does.</summary>
/// <typeparam name="TRecord">The type of the record.</typeparam>
public sealed class EmbeddingHybridSearchOptions<TRecord> : HybridSearchOptions<TRecord>
{
    /// <summary>The modality of the query, as the model spells it; <see langword="null"/> for what its embedding says, or else <see cref="EmbeddingCollectionOptions.QueryModality"/>.</summary>
    public string? QueryModality { get; set; }

    /// <summary>Whether similarities are corrected where the collection's model does. Default <see langword="true"/>.</summary>
    public bool UseCorrection { get; set; } = true;
}
