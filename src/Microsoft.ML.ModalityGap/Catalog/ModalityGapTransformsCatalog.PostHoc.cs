using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap;

namespace Microsoft.ML;

// The methods that are fitted in closed form, beside CenterModalities; docs/methods.md compares them.
public static partial class ModalityGapTransformsCatalog
{
    /// <summary>Creates a <see cref="StandardizeModalitiesEstimator"/>, which divides each dimension by the modality's own deviation; the columns are changed in place.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="columnNames">The embedding columns, at least one.</param>
    /// <exception cref="ArgumentException">There is no name, an empty one, or the same twice.</exception>
    public static StandardizeModalitiesEstimator StandardizeModalities(this TransformsCatalog catalog, params string[] columnNames) =>
        catalog.StandardizeModalities(ModalityColumns.PerColumn(columnNames));

    /// <summary>Creates a <see cref="StandardizeModalitiesEstimator"/>.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="columns">The columns: <see cref="ModalityColumns.PerColumn(IEnumerable{InputOutputColumnPair})"/> or <see cref="ModalityColumns.PerRow"/>.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    /// <example>
    /// <code>
    /// var pipeline = mlContext.Transforms.StandardizeModalities(ModalityColumns.PerColumn("Image", "Text"), new StandardizeModalitiesOptions { Shrinkage = 0.5 });
    /// </code>
    /// </example>
    public static StandardizeModalitiesEstimator StandardizeModalities(this TransformsCatalog catalog, ModalityColumns columns, StandardizeModalitiesOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new StandardizeModalitiesEstimator(catalog.GetEnvironment(), columns, options);
    }

    /// <summary>Creates a <see cref="WhitenModalitiesEstimator"/>, which makes all directions vary alike; the columns are changed in place.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="columnNames">The embedding columns, at least one.</param>
    /// <exception cref="ArgumentException">There is no name, an empty one, or the same twice.</exception>
    public static WhitenModalitiesEstimator WhitenModalities(this TransformsCatalog catalog, params string[] columnNames) =>
        catalog.WhitenModalities(ModalityColumns.PerColumn(columnNames));

    /// <summary>Creates a <see cref="WhitenModalitiesEstimator"/>.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="columns">The columns: <see cref="ModalityColumns.PerColumn(IEnumerable{InputOutputColumnPair})"/> or <see cref="ModalityColumns.PerRow"/>.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    /// <example>
    /// <code>
    /// var pipeline = mlContext.Transforms.WhitenModalities(ModalityColumns.PerColumn("Image", "Text"), new WhitenModalitiesOptions { Shrinkage = CovarianceShrinkage.Fixed(0.8) });
    /// </code>
    /// </example>
    public static WhitenModalitiesEstimator WhitenModalities(this TransformsCatalog catalog, ModalityColumns columns, WhitenModalitiesOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new WhitenModalitiesEstimator(catalog.GetEnvironment(), columns, options);
    }

    /// <summary>Creates a <see cref="ShiftModalitiesEstimator"/>, which moves two modalities towards each other; the columns are changed in place.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="firstColumnName">The embeddings of one modality.</param>
    /// <param name="secondColumnName">Those of the other.</param>
    /// <exception cref="ArgumentException">A name is empty, or both are the same.</exception>
    public static ShiftModalitiesEstimator ShiftModalities(this TransformsCatalog catalog, string firstColumnName, string secondColumnName) =>
        catalog.ShiftModalities(ModalityColumns.PerColumn(firstColumnName, secondColumnName));

    /// <summary>Creates a <see cref="ShiftModalitiesEstimator"/>.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="columns">The columns: <see cref="ModalityColumns.PerColumn(IEnumerable{InputOutputColumnPair})"/> or <see cref="ModalityColumns.PerRow"/>.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">The columns are not two, or the options contradict each other.</exception>
    /// <example>
    /// <code>
    /// var pipeline = mlContext.Transforms.ShiftModalities(ModalityColumns.PerColumn("Image", "Text"), new ShiftModalitiesOptions { Lambda = 0.5 });
    /// </code>
    /// </example>
    public static ShiftModalitiesEstimator ShiftModalities(this TransformsCatalog catalog, ModalityColumns columns, ShiftModalitiesOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new ShiftModalitiesEstimator(catalog.GetEnvironment(), columns, options);
    }

    /// <summary>Creates a <see cref="RealignModalitiesEstimator"/>, which gives modalities the mean and the total variance of one of them; the columns are changed in place.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="columnNames">The embedding columns, at least one.</param>
    /// <exception cref="ArgumentException">There is no name, an empty one, or the same twice.</exception>
    public static RealignModalitiesEstimator RealignModalities(this TransformsCatalog catalog, params string[] columnNames) =>
        catalog.RealignModalities(ModalityColumns.PerColumn(columnNames));

    /// <summary>Creates a <see cref="RealignModalitiesEstimator"/>.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="columns">The columns: <see cref="ModalityColumns.PerColumn(IEnumerable{InputOutputColumnPair})"/> or <see cref="ModalityColumns.PerRow"/>.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    /// <example>
    /// <code>
    /// var pipeline = mlContext.Transforms.RealignModalities(ModalityColumns.PerColumn("Image", "Text"), new RealignModalitiesOptions { Towards = "Text" });
    /// </code>
    /// </example>
    public static RealignModalitiesEstimator RealignModalities(this TransformsCatalog catalog, ModalityColumns columns, RealignModalitiesOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new RealignModalitiesEstimator(catalog.GetEnvironment(), columns, options);
    }

    /// <summary>Creates a <see cref="AlignModalitiesEstimator"/>, which learns from pairs; the columns are changed in place.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="firstColumnName">The embeddings of one modality.</param>
    /// <param name="secondColumnName">Those of the other.</param>
    /// <exception cref="ArgumentException">A name is empty, or both are the same.</exception>
    public static AlignModalitiesEstimator AlignModalities(this TransformsCatalog catalog, string firstColumnName, string secondColumnName) =>
        catalog.AlignModalities(ModalityColumns.PerColumn(firstColumnName, secondColumnName));

    /// <summary>Creates a <see cref="AlignModalitiesEstimator"/>.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="columns">Two columns whose rows are pairs: <see cref="ModalityColumns.PerColumn(IEnumerable{InputOutputColumnPair})"/>.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">The columns are not two, or the options contradict each other.</exception>
    /// <example>
    /// <code>
    /// var pipeline = mlContext.Transforms.AlignModalities(ModalityColumns.PerColumn("Image", "Text"), new AlignModalitiesOptions { Shrinkage = 0.97, Whitening = CovarianceShrinkage.Fixed(0.9) });
    /// </code>
    /// </example>
    public static AlignModalitiesEstimator AlignModalities(this TransformsCatalog catalog, ModalityColumns columns, AlignModalitiesOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new AlignModalitiesEstimator(catalog.GetEnvironment(), columns, options);
    }

    /// <summary>Creates a <see cref="ProjectToAnchorsEstimator"/>, which says how near an embedding is to each of some anchors; the columns are changed in place.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="columnNames">The embedding columns, at least one.</param>
    /// <exception cref="ArgumentException">There is no name, an empty one, or the same twice.</exception>
    public static ProjectToAnchorsEstimator ProjectToAnchors(this TransformsCatalog catalog, params string[] columnNames) =>
        catalog.ProjectToAnchors(ModalityColumns.PerColumn(columnNames));

    /// <summary>Creates a <see cref="ProjectToAnchorsEstimator"/>.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="columns">The columns: <see cref="ModalityColumns.PerColumn(IEnumerable{InputOutputColumnPair})"/> or <see cref="ModalityColumns.PerRow"/>.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    /// <example>
    /// <code>
    /// var pipeline = mlContext.Transforms.ProjectToAnchors(ModalityColumns.PerColumn("Image", "Text"), new ProjectToAnchorsOptions { Count = 500, Source = AnchorSource.KMeans });
    /// </code>
    /// </example>
    public static ProjectToAnchorsEstimator ProjectToAnchors(this TransformsCatalog catalog, ModalityColumns columns, ProjectToAnchorsOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new ProjectToAnchorsEstimator(catalog.GetEnvironment(), columns, options);
    }

    /// <summary>Creates a <see cref="NeutralizeDimensionsEstimator"/>, which sets the few dimensions to zero that tell the modalities apart; the columns are changed in place.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="firstColumnName">The embeddings of one modality.</param>
    /// <param name="secondColumnName">Those of the other.</param>
    /// <exception cref="ArgumentException">A name is empty, or both are the same.</exception>
    public static NeutralizeDimensionsEstimator NeutralizeDimensions(this TransformsCatalog catalog, string firstColumnName, string secondColumnName) =>
        catalog.NeutralizeDimensions(ModalityColumns.PerColumn(firstColumnName, secondColumnName));

    /// <summary>Creates a <see cref="NeutralizeDimensionsEstimator"/>.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="columns">Two columns whose rows are pairs: <see cref="ModalityColumns.PerColumn(IEnumerable{InputOutputColumnPair})"/>.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">The columns are not two, or the options contradict each other.</exception>
    /// <example>
    /// <code>
    /// var pipeline = mlContext.Transforms.NeutralizeDimensions(ModalityColumns.PerColumn("Image", "Text"), new NeutralizeDimensionsOptions { Count = 4 });
    /// </code>
    /// </example>
    public static NeutralizeDimensionsEstimator NeutralizeDimensions(this TransformsCatalog catalog, ModalityColumns columns, NeutralizeDimensionsOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new NeutralizeDimensionsEstimator(catalog.GetEnvironment(), columns, options);
    }

    /// <summary>Creates a <see cref="TruncateEmbeddingsEstimator"/>, which keeps the first dimensions; the columns are changed in place.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="dimension">How many to keep; at least 1.</param>
    /// <param name="columnNames">The embedding columns, at least one.</param>
    /// <exception cref="ArgumentException">There is no name, an empty one, or the same twice.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is not positive.</exception>
    public static TruncateEmbeddingsEstimator TruncateEmbeddings(this TransformsCatalog catalog, int dimension, params string[] columnNames) =>
        catalog.TruncateEmbeddings(ModalityColumns.PerColumn(columnNames), new TruncateEmbeddingsOptions { Dimension = dimension });

    /// <summary>Creates a <see cref="TruncateEmbeddingsEstimator"/>.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="columns">The columns: <see cref="ModalityColumns.PerColumn(IEnumerable{InputOutputColumnPair})"/> or <see cref="ModalityColumns.PerRow"/>.</param>
    /// <param name="options">How many dimensions to keep.</param>
    /// <example>
    /// <code>
    /// var pipeline = mlContext.Transforms.TruncateEmbeddings(256, "Image", "Text").Append(mlContext.Transforms.CenterModalities("Image", "Text"));
    /// </code>
    /// </example>
    public static TruncateEmbeddingsEstimator TruncateEmbeddings(this TransformsCatalog catalog, ModalityColumns columns, TruncateEmbeddingsOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new TruncateEmbeddingsEstimator(catalog.GetEnvironment(), columns, options);
    }

    /// <summary>Creates a <see cref="FuseEmbeddingsEstimator"/>, which makes one embedding of several of the same document; all count alike.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="outputColumnName">The column to write.</param>
    /// <param name="inputColumnNames">The embedding columns, at least one.</param>
    /// <exception cref="ArgumentException">There is no name, an empty one, or the same input twice.</exception>
    /// <example>
    /// <code>
    /// var pipeline = mlContext.Transforms.FuseEmbeddings("Fused", "Image", "Text").Append(mlContext.Transforms.CenterModalities("Image", "Text", "Fused"));
    /// </code>
    /// </example>
    public static FuseEmbeddingsEstimator FuseEmbeddings(this TransformsCatalog catalog, string outputColumnName, params string[] inputColumnNames) =>
        catalog.FuseEmbeddings(outputColumnName, inputColumnNames, options: null);

    /// <summary>Creates a <see cref="FuseEmbeddingsEstimator"/>.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="outputColumnName">The column to write.</param>
    /// <param name="inputColumnNames">The embedding columns, at least one.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">There is no name, an empty one, or the same input twice, or the weights are not as many.</exception>
    public static FuseEmbeddingsEstimator FuseEmbeddings(
        this TransformsCatalog catalog, string outputColumnName, IReadOnlyList<string> inputColumnNames, FuseEmbeddingsOptions? options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new FuseEmbeddingsEstimator(catalog.GetEnvironment(), outputColumnName, inputColumnNames, options);
    }
}
