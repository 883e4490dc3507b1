namespace Microsoft.ML.ModalityGap;

/// <summary>A mean over splits and its standard error.</summary>
internal readonly record struct SplitMean(double Value, double Error);
