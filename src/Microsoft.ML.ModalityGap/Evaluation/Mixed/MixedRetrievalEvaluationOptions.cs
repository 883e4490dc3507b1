namespace Microsoft.ML.ModalityGap;

/// <summary>Options of <c>EvaluateMixedRetrieval</c>.</summary>
public sealed record MixedRetrievalEvaluationOptions : RetrievalEvaluationOptions
{
    /// <summary>The defaults.</summary>
    public static new MixedRetrievalEvaluationOptions Default { get; } = new();

    /// <summary>The k of <see cref="MixedRetrievalMetrics.Ndcg"/> and <see cref="MixedModalityMetrics.TopShare"/>. Default 10; positive.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public int Cutoff
    {
        get;
        init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(Cutoff), value, "Give a positive k.");
    } = 10;
}
