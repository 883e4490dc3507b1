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
    internal static double Score(CaptionScoreKind kind, double cosine) =>
        kind is CaptionScoreKind.Cosine or CaptionScoreKind.I0TS ? cosine : GetWeight(kind) * Math.Max(cosine, 0);

    /// <summary>
    /// The harmonic mean of w·max(cos, 0) and max(cos with the best reference, 0); 0 when either is. Of I0T-S that of both cosines, or the lower one where that is not positive: where
    /// the harmonic mean ends, it has come to that, so scores go on without a jump.
    /// </summary>
    internal static double ReferenceScore(CaptionScoreKind kind, double cosine, double referenceCosine)
    {
        if (kind == CaptionScoreKind.I0TS && !(cosine > 0 && referenceCosine > 0))
            return Math.Min(cosine, referenceCosine); // NaN where either is
        var (score, reference) = (GetWeight(kind) * Math.Max(cosine, 0), Math.Max(referenceCosine, 0));
        if (double.IsNaN(score) || double.IsNaN(reference))
            return double.NaN;
        return score == 0 || reference == 0 ? 0 : 2 * score * reference / (score + reference);
    }
}
