namespace Microsoft.ML.ModalityGap;

/// <summary>The rows whose confidence, the probability of the class predicted, lies in (<see cref="Lower"/>, <see cref="Upper"/>].</summary>
/// <param name="Lower">From 0.</param>
/// <param name="Upper">To 1.</param>
/// <param name="Count">How many rows; 0 leaves the other two 0.</param>
/// <param name="MeanConfidence">Their mean confidence.</param>
/// <param name="Accuracy">The share of them whose prediction is right. Calibrated: equal to <see cref="MeanConfidence"/>.</param>
public sealed record ReliabilityBin(double Lower, double Upper, int Count, double MeanConfidence, double Accuracy);
