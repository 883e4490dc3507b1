namespace Microsoft.ML.ModalityGap;

/// <summary>How a <see cref="ProjectionHead{T}"/> is built.</summary>
internal sealed record HeadShape(TrainingHead Head, int InputDimension, int OutputDimension, double Momentum, double Epsilon, ulong Seed);
