namespace Microsoft.ML.ModalityGap;

/// <summary>What was measured of one model, data set, method and thing fitted on.</summary>
internal sealed record MeasuredCell(IReadOnlyList<BenchmarkMeasurement> Measurements, IReadOnlyList<string> NotMeasured);
