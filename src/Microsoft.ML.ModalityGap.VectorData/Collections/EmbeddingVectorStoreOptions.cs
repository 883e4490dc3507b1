using Microsoft.Extensions.AI;

namespace Microsoft.ML.ModalityGap;

/// <summary>Options of <see cref="EmbeddingVectorStore"/>.</summary>
public sealed class EmbeddingVectorStoreOptions
{
    /// <summary>The name of the store in its metadata; <see langword="null"/> for none.</summary>
    public string? Name { get; init; }

    /// <summary>What makes embeddings where neither property, definition nor collection names a generator.</summary>
    public IEmbeddingGenerator? EmbeddingGenerator { get; init; }

    /// <summary>The options of collections that are got without options of their own. Its definition and property names apply to every such collection.</summary>
    public EmbeddingCollectionOptions? Collections { get; init; }
}
