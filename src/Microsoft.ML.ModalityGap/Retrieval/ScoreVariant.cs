namespace Microsoft.ML.ModalityGap;

/// <summary>One way to rank in a search: by weight·scale(g)·s(q, g) − bias(g), the k best.</summary>
/// <param name="K">How many.</param>
/// <param name="Weight">What similarities are multiplied by.</param>
/// <param name="Bias">What is taken away per row of the index, as long as its panels; <see langword="null"/> for nothing, where there are no scales.</param>
/// <param name="Scales">What similarities are multiplied by besides, per row of the index, as long as its panels; <see langword="null"/> for nothing.</param>
internal sealed record ScoreVariant(int K, float Weight = 1, float[]? Bias = null, float[]? Scales = null);
