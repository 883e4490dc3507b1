namespace Microsoft.ML.ModalityGap;

/// <summary>The formulas of caption scores.</summary>
internal static class CaptionScoring
{
    internal static double GetWeight(CaptionScoreKind kind) => kind switch
    {
        CaptionScoreKind.ClipS => 2.5,
        CaptionScoreKind.TorchMetrics => 100,
        _ => 1,
    };

    /// <summary>w·max(cos, 0), or the cosine itself; NaN stays NaN.</summary>
    internal static double Score(CaptionScoreKind kind, double cosine) => kind == CaptionScoreKind.Cosine ? cosine : GetWeight(kind) * Math.Max(cosine, 0);

    /// <summary>The harmonic mean of w·max(cos, 0) and max(cos with the best reference, 0); 0 when either is.</summary>
    internal static double ReferenceScore(CaptionScoreKind kind, double cosine, double referenceCosine)
    {
        var (score, reference) = (GetWeight(kind) * Math.Max(cosine, 0), Math.Max(referenceCosine, 0));
        if (double.IsNaN(score) || double.IsNaN(reference))
            return double.NaN;
        return score == 0 || reference == 0 ? 0 : 2 * score * reference / (score + reference);
    }
}
