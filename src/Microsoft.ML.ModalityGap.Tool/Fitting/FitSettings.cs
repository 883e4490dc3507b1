namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>What the command line says to every method.</summary>
/// <param name="NormalizeInput">False with <c>--no-normalize</c>.</param>
/// <param name="UnusableRows">Skip with <c>--skip-unusable</c>.</param>
internal sealed record FitSettings(bool NormalizeInput, UnusableRows UnusableRows);
