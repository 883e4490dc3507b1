using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap;

namespace Microsoft.ML;

/// <summary>Recalibration of scores on <c>mlContext.Transforms</c>.</summary>
public static class CalibrationCatalog
{
    /// <summary>Creates a <see cref="RecalibrateScoresEstimator"/>: new scores on the scale of old ones, so that thresholds chosen on these stay good.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="outputColumnName">The column of new scores on the scale of the old.</param>
    /// <param name="scoreColumnName">The new scores, such as cosines after closing the gap.</param>
    /// <param name="referenceColumnName">The old scores of the same rows, such as raw cosines; needed to fit only.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">Both scores are the same column, or a name is empty.</exception>
    /// <example>
    /// <code>
    /// var recalibration = mlContext.Transforms.RecalibrateScores("Comparable", "ClosedCosine", "RawCosine").Fit(data);
    /// float threshold = recalibration.MapThreshold(0.27f);
    /// </code>
    /// </example>
    public static RecalibrateScoresEstimator RecalibrateScores(
        this TransformsCatalog catalog, string outputColumnName, string scoreColumnName, string referenceColumnName, RecalibrateScoresOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new RecalibrateScoresEstimator(catalog.GetEnvironment(), outputColumnName, scoreColumnName, referenceColumnName, options);
    }
}
