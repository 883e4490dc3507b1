using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>One way to rank in a search: by weight·scale(g)·s(q, g) + logWeight·log s(q, g) − bias(g), the k best.</summary>
/// <param name="K">How many.</param>
/// <param name="Weight">What similarities are multiplied by.</param>
/// <param name="Bias">What is taken away per row of the index, as long as its panels; <see langword="null"/> for nothing, where there are no scales and no logarithm.</param>
/// <param name="Scales">What similarities are multiplied by besides, per row of the index, as long as its panels; <see langword="null"/> for nothing.</param>
/// <param name="LogWeight">What the logarithm of similarities is multiplied by; 0 for none. Below the smallest float it stays at that one's, so that such rows come behind.</param>
internal sealed record ScoreVariant(int K, float Weight = 1, float[]? Bias = null, float[]? Scales = null, float LogWeight = 0)
{
    /// <summary>Whether a larger similarity never makes a smaller score, in floats, too: rounding keeps order, a computed logarithm need not.</summary>
    internal bool IsMonotone => LogWeight == 0 && Weight >= 0 && (Scales is null || TensorPrimitives.Min<float>(Scales) >= 0);

    /// <summary>The most a similarity is multiplied by.</summary>
    internal float LargestWeight => Weight * (Scales is null ? 1 : TensorPrimitives.Max<float>(Scales));

    /// <summary>The score of a row, the same bits as <see cref="IndexScan{TKept}"/> computes for a panel; without logarithms.</summary>
    internal float Adjust(float similarity, int position) =>
        Bias is null ? similarity : Scales is null ? similarity * Weight - Bias[position] : similarity * (Weight * Scales[position]) - Bias[position];
}
