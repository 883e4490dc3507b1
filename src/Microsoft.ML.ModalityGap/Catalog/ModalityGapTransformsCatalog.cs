using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap;

namespace Microsoft.ML;

/// <summary>The transforms of this library on <c>mlContext.Transforms</c>.</summary>
public static class ModalityGapTransformsCatalog
{
    /// <summary>Creates a <see cref="CenterModalitiesEstimator"/> (I0T_post) that changes columns in place; each is a modality of its own.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="columnNames">The embedding columns, at least one.</param>
    /// <exception cref="ArgumentException">There is no name, an empty one, or the same twice.</exception>
    /// <example>
    /// <code>
    /// var pipeline = mlContext.Transforms.CenterModalities("Image", "Text");
    /// </code>
    /// </example>
    public static CenterModalitiesEstimator CenterModalities(this TransformsCatalog catalog, params string[] columnNames) =>
        catalog.CenterModalities(ModalityColumns.PerColumn(columnNames));

    /// <summary>Creates a <see cref="CenterModalitiesEstimator"/> (I0T_post).</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="columns">The columns: <see cref="ModalityColumns.PerColumn(IEnumerable{InputOutputColumnPair})"/> or <see cref="ModalityColumns.PerRow"/>.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <example>
    /// <code>
    /// var pipeline = mlContext.Transforms.CenterModalities(ModalityColumns.PerRow("Embedding", "Modality"));
    /// </code>
    /// </example>
    public static CenterModalitiesEstimator CenterModalities(this TransformsCatalog catalog, ModalityColumns columns, CenterModalitiesOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new CenterModalitiesEstimator(catalog.GetEnvironment(), columns, options);
    }
}
