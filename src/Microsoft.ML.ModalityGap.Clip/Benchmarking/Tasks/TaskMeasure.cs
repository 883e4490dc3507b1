namespace Microsoft.ML.ModalityGap;

/// <summary>A measure and its value.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value.</param>
/// <param name="Count">Over how many queries, pairs or images.</param>
internal readonly record struct TaskMeasure(string Name, double Value, int Count);
