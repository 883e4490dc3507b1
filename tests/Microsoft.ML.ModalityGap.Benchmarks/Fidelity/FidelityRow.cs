namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>A line of docs/fidelity.md.</summary>
/// <param name="Item">What the paper defines or reports.</param>
/// <param name="Paper">Its formula or figure.</param>
/// <param name="Ours">What was computed.</param>
/// <param name="Agreement">How the two compare.</param>
internal sealed record FidelityRow(string Item, string Paper, string Ours, string Agreement);
