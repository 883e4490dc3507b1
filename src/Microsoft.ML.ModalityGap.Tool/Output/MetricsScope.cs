namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>How much of the gap's measures to print.</summary>
/// <param name="Cutoffs">The k's of recall@k.</param>
/// <param name="IsFull">Whether to add what <c>--full</c> asks for.</param>
internal sealed record MetricsScope(IReadOnlyList<int> Cutoffs, bool IsFull)
{
    internal static MetricsScope Default { get; } = new([1, 5, 10], IsFull: false);
}
