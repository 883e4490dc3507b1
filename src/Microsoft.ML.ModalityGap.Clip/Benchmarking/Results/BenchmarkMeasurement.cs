namespace Microsoft.ML.ModalityGap;

/// <summary>A line of the table.</summary>
/// <param name="Model">The model.</param>
/// <param name="Data">The data set.</param>
/// <param name="Part">The part of it that was measured.</param>
/// <param name="Task">The task.</param>
/// <param name="Method">The method asked for.</param>
/// <param name="Took">What that is: of <c>select</c> the method it took.</param>
/// <param name="FittedOn">What it was fitted on: <c>train</c>, <c>test</c> for the measured rows themselves, another data set's name, or nothing (raw).</param>
/// <param name="FitCount">How many pairs that were.</param>
/// <param name="Measure">The measure.</param>
/// <param name="Value">Its value.</param>
/// <param name="Count">Over how many queries, pairs or images.</param>
public sealed record BenchmarkMeasurement(
    string Model, string Data, string Part, string Task, string Method, string Took, string FittedOn, int FitCount, string Measure, double Value, int Count);
