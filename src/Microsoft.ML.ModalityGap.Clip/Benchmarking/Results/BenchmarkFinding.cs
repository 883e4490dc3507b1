namespace Microsoft.ML.ModalityGap;

/// <summary>What is not as it should be in a data set: files that are missing or broken, ids that occur twice. It was left out.</summary>
/// <param name="Data">The data set.</param>
/// <param name="Kind">What was found.</param>
/// <param name="Count">How often.</param>
/// <param name="Examples">The first twenty.</param>
public sealed record BenchmarkFinding(string Data, string Kind, int Count, IReadOnlyList<string> Examples)
{
    /// <inheritdoc />
    public override string ToString() => $"{Data}: {Count} × {Kind}: {string.Join(", ", Examples.Take(3))}{(Count > 3 ? ", …" : "")}";
}
