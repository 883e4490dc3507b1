using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>A logit scale fitted so that probabilities can be believed, and what that changed.</summary>
[TypeFormatterSource]
public sealed class TemperatureCalibration
{
    internal TemperatureCalibration()
    {
    }

    /// <summary>s: the scale under which softmax(s·score) has the least <see cref="CalibrationMetrics.NegativeLogLikelihood"/>. For
    /// <see cref="ClassifyZeroShotTransformer.WithLogitScale"/> when the scores were its cosines.</summary>
    public required float LogitScale { get; init; }

    /// <summary>T = 1/s.</summary>
    public double Temperature => 1.0 / LogitScale;

    /// <summary>
    /// Whether the least was not inside the range searched, 0.001 to 100,000, but at its end: every row is right, so that no confidence is too high, or the scores
    /// do not tell the classes, so that none is too low. The scale then says little.
    /// </summary>
    public required bool IsAtBound { get; init; }

    /// <summary>With the scale of the options.</summary>
    public required CalibrationMetrics Before { get; init; }

    /// <summary>With <see cref="LogitScale"/>, on the rows it was fitted on; of others <see cref="ModalityGapCatalog.EvaluateCalibration"/> tells.</summary>
    public required CalibrationMetrics After { get; init; }

    /// <summary>The scale, with NLL and ECE before and after.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"logit scale {LogitScale:G5}{(IsAtBound ? " (at the end of the range)" : "")}: NLL {Before.NegativeLogLikelihood:F4} to {After.NegativeLogLikelihood:F4}, ")
        + string.Create(CultureInfo.InvariantCulture, $"ECE {Before.ExpectedCalibrationError:F4} to {After.ExpectedCalibrationError:F4}");
}
