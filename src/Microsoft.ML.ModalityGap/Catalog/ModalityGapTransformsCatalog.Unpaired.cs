using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap;

namespace Microsoft.ML;

public static partial class ModalityGapTransformsCatalog
{
    /// <summary>Creates a <see cref="TransportModalitiesEstimator"/>, which centres two modalities and rotates one onto the other without pairs; the columns are changed in place.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="firstColumnName">The embeddings of the modality that is rotated.</param>
    /// <param name="secondColumnName">Those of the other.</param>
    /// <exception cref="ArgumentException">A name is empty, or both are the same.</exception>
    public static TransportModalitiesEstimator TransportModalities(this TransformsCatalog catalog, string firstColumnName, string secondColumnName) =>
        catalog.TransportModalities(ModalityColumns.PerColumn(firstColumnName, secondColumnName));

    /// <summary>Creates a <see cref="TransportModalitiesEstimator"/>.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="columns">The columns of two modalities: <see cref="ModalityColumns.PerColumn(IEnumerable{InputOutputColumnPair})"/> or <see cref="ModalityColumns.PerRow"/>.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">The columns are not two.</exception>
    /// <example>
    /// <code>
    /// // Images and texts from different places: a data set each.
    /// var model = mlContext.Transforms.TransportModalities("Image", "Text").Fit(new Dictionary&lt;string, IDataView&gt; { ["Image"] = photos, ["Text"] = sentences });
    /// </code>
    /// </example>
    public static TransportModalitiesEstimator TransportModalities(this TransformsCatalog catalog, ModalityColumns columns, TransportModalitiesOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new TransportModalitiesEstimator(catalog.GetEnvironment(), columns, options);
    }

    /// <summary>Creates a <see cref="MatchComponentsEstimator"/>, which keeps of one kind of embedding what lies in the leading components of another; the columns are changed in place.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="columnName">The embeddings that are mapped, such as those of long texts.</param>
    /// <param name="referenceColumnName">Those whose components count, such as those of short texts.</param>
    /// <exception cref="ArgumentException">A name is empty, or both are the same.</exception>
    public static MatchComponentsEstimator MatchComponents(this TransformsCatalog catalog, string columnName, string referenceColumnName) =>
        catalog.MatchComponents(ModalityColumns.PerColumn(columnName, referenceColumnName));

    /// <summary>Creates a <see cref="MatchComponentsEstimator"/>.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="columns">The columns of two modalities: <see cref="ModalityColumns.PerColumn(IEnumerable{InputOutputColumnPair})"/> or <see cref="ModalityColumns.PerRow"/>.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">The columns are not two.</exception>
    /// <example>
    /// <code>
    /// var pipeline = mlContext.Transforms.MatchComponents(ModalityColumns.PerColumn("LongText", "ShortText"), new MatchComponentsOptions { Components = 64 });
    /// </code>
    /// </example>
    public static MatchComponentsEstimator MatchComponents(this TransformsCatalog catalog, ModalityColumns columns, MatchComponentsOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new MatchComponentsEstimator(catalog.GetEnvironment(), columns, options);
    }
}
