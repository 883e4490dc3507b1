namespace Microsoft.ML.ModalityGap;

/// <summary>The memory of <see cref="CandidateFit"/>, for one after the other.</summary>
internal sealed class FitBuffers
{
    /// <summary>What all candidates share.</summary>
    internal FloatArena Common { get; } = new();

    /// <summary>What is made for one candidate's maps; the next one's are written over it.</summary>
    internal FloatArena Candidate { get; } = new();
}
