namespace Microsoft.ML.ModalityGap;

public sealed partial class ReportFigure
{
    /// <summary>Draws a learning curve in the look of a report: a drawing per measure, the first four.</summary>
    /// <param name="curve">Of <see cref="ModalityGapCatalog.ComputeLearningCurve"/>.</param>
    public static ReportFigure CreateLearningCurve(LearningCurve curve)
    {
        ArgumentNullException.ThrowIfNull(curve);
        return LearningCurveFigure.Create(curve);
    }
}
