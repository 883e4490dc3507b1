using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap;

namespace Microsoft.ML;

/// <summary>The transforms of this library that search.</summary>
public static class RetrievalCatalog
{
    /// <summary>Creates a <see cref="RetrieveNearestEstimator"/>: adds the ids and scores of each row's nearest rows in an index.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="index">The index, with at least one row; see <see cref="ModalityGapCatalog.CreateIndex(IDataView, string, string, string, EmbeddingIndexOptions)"/>.</param>
    /// <param name="inputColumnName">The embeddings whose neighbours are sought, of the index's dimension and maps.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">The index has no row to be found, or both outputs have the same name.</exception>
    /// <example>
    /// <code>
    /// var pipeline = mlContext.Transforms.RetrieveNearest(index, "Text", new RetrieveNearestOptions { K = 5, Modalities = ["image"] });
    /// </code>
    /// </example>
    public static RetrieveNearestEstimator RetrieveNearest(
        this TransformsCatalog catalog, EmbeddingIndex index, string inputColumnName, RetrieveNearestOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new RetrieveNearestEstimator(catalog.GetEnvironment(), index, inputColumnName, options);
    }
}
