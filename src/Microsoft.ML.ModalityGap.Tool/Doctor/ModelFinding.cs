namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Something that was understood of a model folder.</summary>
/// <param name="Part">Of what: images, texts.</param>
/// <param name="Name">What it is.</param>
/// <param name="Value">How it is.</param>
/// <param name="File">The file in the folder it comes from; <see langword="null"/> where it was tried out.</param>
internal sealed record ModelFinding(string Part, string Name, string Value, string? File);
