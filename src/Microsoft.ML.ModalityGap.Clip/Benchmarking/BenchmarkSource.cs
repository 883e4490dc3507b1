namespace Microsoft.ML.ModalityGap;

/// <summary>A data set on disk.</summary>
/// <param name="Format">The kind of its files, such as <c>karpathy</c>, <c>cifar100</c> or <c>image-folder</c>; or a well-known data set's name, such as <c>flickr8k</c>. All are in docs/reproduce.md.</param>
/// <param name="Path">Its folder or file.</param>
/// <param name="Name">What it is called in tables; <see langword="null"/> for <paramref name="Format"/>.</param>
public sealed record BenchmarkSource(string Format, string Path, string? Name = null);
