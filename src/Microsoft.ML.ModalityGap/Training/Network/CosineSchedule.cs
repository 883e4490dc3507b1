namespace Microsoft.ML.ModalityGap;

/// <summary>The learning rate of each step: linear from near 0 over the warm-up, then half a cosine down to 0.</summary>
/// <param name="PeakRate">The highest rate.</param>
/// <param name="WarmupSteps">Of the warm-up.</param>
/// <param name="TotalSteps">Of the training.</param>
internal readonly record struct CosineSchedule(double PeakRate, long WarmupSteps, long TotalSteps)
{
    /// <param name="step">From 0.</param>
    internal double GetRate(long step) => step < WarmupSteps
        ? PeakRate * (step + 1) / WarmupSteps
        : PeakRate / 2 * (1 + Math.Cos(Math.PI * (step - WarmupSteps) / (TotalSteps - WarmupSteps)));
}
