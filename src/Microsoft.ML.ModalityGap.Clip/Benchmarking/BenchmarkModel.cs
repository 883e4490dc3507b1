namespace Microsoft.ML.ModalityGap;

/// <summary>A model to be measured.</summary>
/// <param name="Name">What it is called in tables.</param>
/// <param name="Folder">Its folder, as public exports lay it out.</param>
public sealed record BenchmarkModel(string Name, string Folder);
