using TinyClip;

namespace Pretraining;

/// <summary>The size of a language model.</summary>
/// <param name="Depth">Blocks.</param>
/// <param name="Width">Of the residual stream.</param>
/// <param name="Heads">Of attention.</param>
/// <param name="Attention">How attention projects.</param>
/// <param name="Rank">Of its factors, where it is <see cref="AttentionKind.LowRank"/>.</param>
internal sealed record ModelShape(int Depth, int Width, int Heads, AttentionKind Attention, int Rank)
{
    /// <summary>Tokens a model sees at once.</summary>
    internal const int ContextLength = 32;

    internal void Check()
    {
        if (Depth is < 1 or > 64)
            throw new ArgumentOutOfRangeException(nameof(Depth), Depth, "From 1 to 64 blocks.");
        if (Width is < 8 or > 1024 || Heads < 1 || Width % Heads != 0)
            throw new ArgumentException($"A width from 8 to 1024 that {Heads} heads divide evenly is needed, found {Width}.");
    }
}
