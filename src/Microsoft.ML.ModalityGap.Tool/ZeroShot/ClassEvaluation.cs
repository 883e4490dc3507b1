using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>How a classifier does on rows whose classes are known.</summary>
/// <param name="Metrics">ML.NET's measures.</param>
/// <param name="TopCount">The k of its top-k accuracy.</param>
/// <param name="Calibration">How far its probabilities are to be believed.</param>
/// <param name="Fitted">The logit scale fitted on these rows, with <c>--calibrate</c>.</param>
internal sealed record ClassEvaluation(MulticlassClassificationMetrics Metrics, int TopCount, CalibrationMetrics Calibration, TemperatureCalibration? Fitted)
{
    /// <summary>The mistakes made most, most frequent first.</summary>
    internal IEnumerable<(string Truth, string Predicted, int Count)> GetConfusions(IReadOnlyList<string> names) =>
        from truth in Enumerable.Range(0, names.Count)
        from predicted in Enumerable.Range(0, names.Count)
        let count = (int)Metrics.ConfusionMatrix.Counts[truth][predicted]
        where truth != predicted && count > 0
        orderby count descending
        select (names[truth], names[predicted], count);
}
