namespace Microsoft.ML.ModalityGap;

/// <summary>How far a benchmark is.</summary>
/// <param name="Stage">What is done.</param>
/// <param name="Share">Of the whole, from 0 to 1.</param>
public readonly record struct BenchmarkProgress(string Stage, double Share);
