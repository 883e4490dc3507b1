using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap;

namespace Microsoft.ML;

/// <summary>The transforms of this library on <c>mlContext.Transforms</c>.</summary>
public static partial class ModalityGapTransformsCatalog
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

    /// <summary>Creates a <see cref="TrainModalityNormalizationEstimator"/> (I0T_async) that changes two columns in place, whose rows are pairs.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="firstColumnName">The embeddings of one modality.</param>
    /// <param name="secondColumnName">Those of the other.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">A name is empty, both are the same, or the options contradict each other.</exception>
    /// <example>
    /// <code>
    /// var pipeline = mlContext.Transforms.TrainModalityNormalization("Image", "Text", new()
    /// {
    ///     Loss = Loss.InfoNCE() + 0.5 * Loss.Uniformity(),
    ///     ValidationFraction = 0.1,
    ///     Patience = 2,
    /// });
    /// </code>
    /// </example>
    public static TrainModalityNormalizationEstimator TrainModalityNormalization(
        this TransformsCatalog catalog, string firstColumnName, string secondColumnName, TrainModalityNormalizationOptions? options = null) =>
        catalog.TrainModalityNormalization(ModalityColumns.PerColumn(firstColumnName, secondColumnName), options);

    /// <summary>Creates a <see cref="TrainModalityNormalizationEstimator"/> (I0T_async).</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="columns">Two columns: <see cref="ModalityColumns.PerColumn(IEnumerable{InputOutputColumnPair})"/>.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">There are not two columns, or the options contradict each other.</exception>
    public static TrainModalityNormalizationEstimator TrainModalityNormalization(
        this TransformsCatalog catalog, ModalityColumns columns, TrainModalityNormalizationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new TrainModalityNormalizationEstimator(catalog.GetEnvironment(), columns, options);
    }
}
