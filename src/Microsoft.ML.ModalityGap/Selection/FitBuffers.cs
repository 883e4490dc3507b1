namespace Microsoft.ML.ModalityGap;

/// <summary>The memory of <see cref="CandidateFit"/>, for one after the other.</summary>
internal sealed class FitBuffers
{
    /// <summary>What all candidates share.</summary>
    internal ArrayArena<float> Common { get; } = new();

    /// <summary>The spectra of what candidates are fitted on.</summary>
    internal SpectrumBuffers Spectra { get; } = new();

    /// <summary>What is made for one candidate's maps; the next one's are written over it.</summary>
    internal ArrayArena<float> Candidate { get; } = new();

    /// <summary>Takes everything back, and lets go of what the last parts did not need.</summary>
    internal void Begin()
    {
        Common.Begin();
        Candidate.Begin();
        Spectra.Vectors.Begin();
        Spectra.Scratch.Begin();
    }
}
