using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.VectorData.ProviderServices;

namespace Microsoft.ML.ModalityGap;

/// <summary>A collection whose records are dictionaries, by a definition; see <see cref="EmbeddingCollection{TKey, TRecord}"/>.</summary>
[SuppressMessage("Naming", "CA1711:Identifiers should not have incorrect suffix", Justification = "VectorData's own term.")]
public sealed class EmbeddingDynamicCollection : EmbeddingCollection<object, Dictionary<string, object?>>
{
    /// <summary>A handle on a collection of a store.</summary>
    /// <param name="store">The store.</param>
    /// <param name="name">The collection's name.</param>
    /// <param name="options">Options with a definition.</param>
    /// <exception cref="ArgumentException">There is no definition.</exception>
    /// <exception cref="NotSupportedException">A property has a type, a distance function or an index that there is not.</exception>
    public EmbeddingDynamicCollection(EmbeddingVectorStore store, string name, EmbeddingCollectionOptions options)
        : base(store, name, options ?? throw new ArgumentNullException(nameof(options)), BuildModel)
    {
    }

    private static CollectionModel BuildModel(EmbeddingVectorStore store, EmbeddingCollectionOptions options) => new RecordModelBuilder().BuildDynamic(
        options.Definition ?? throw new ArgumentException("Records that are dictionaries need a definition of their properties.", nameof(options)),
        ChooseGenerator(store, options));
}
