namespace Microsoft.ML.ModalityGap;

/// <summary>A dimension in which a modality's mean stands out.</summary>
/// <param name="Dimension">Its index, from 0.</param>
/// <param name="Mean">The mean of the normalised embeddings there.</param>
public readonly record struct PeakDimension(int Dimension, double Mean);
