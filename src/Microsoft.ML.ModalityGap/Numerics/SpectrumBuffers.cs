namespace Microsoft.ML.ModalityGap;

/// <summary>The memory of <see cref="SymmetricSpectrum.OfRows"/>, for one after the other.</summary>
internal sealed class SpectrumBuffers
{
    /// <summary>Where eigenvectors are, until it is reset.</summary>
    internal ArrayArena<double> Vectors { get; } = new();

    /// <summary>What a decomposition needs while it runs; the next one's is written over it.</summary>
    internal ArrayArena<double> Scratch { get; } = new();
}
