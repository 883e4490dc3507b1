namespace Microsoft.ML.ModalityGap;

/// <summary>How far a classifier's confidence is to be believed: accuracy by confidence.</summary>
internal static class ReliabilityFigure
{
    internal static ReportFigure Create(CalibrationMetrics metrics)
    {
        var bins = metrics.Bins.Where(bin => bin.Count > 0).ToArray();
        return CustomFigures.CreateLines(
            "How far the confidence is to be believed",
            "Rows by how sure the classifier is of its prediction, against how often it is right. On the diagonal it is as often right as it says; below, it is too sure of itself.",
            "confidence",
            "accuracy",
            [("the classifier", [.. bins.Select(bin => (bin.MeanConfidence, bin.Accuracy))]), ("as it should be", [(0, 0), (1, 1)])]);
    }
}
