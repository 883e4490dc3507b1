namespace Microsoft.ML.ModalityGap;

/// <summary>What was measured behind maps that were fitted on so many pairs.</summary>
/// <param name="PairCount">On how many pairs each was fitted.</param>
/// <param name="Draws">How many times pairs were drawn.</param>
/// <param name="Means">Per measure its mean over the draws.</param>
/// <param name="StandardDeviations">Per measure its standard deviation over the draws (over n − 1); 0 of one draw.</param>
public sealed record LearningCurvePoint(int PairCount, int Draws, IReadOnlyList<double> Means, IReadOnlyList<double> StandardDeviations);
