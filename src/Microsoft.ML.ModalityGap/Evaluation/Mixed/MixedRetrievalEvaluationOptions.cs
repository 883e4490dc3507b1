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

    /// <summary>The options, or the defaults.</summary>
    /// <exception cref="NotSupportedException">They leave out own documents, for which a mixed gallery has no rule.</exception>
    internal static MixedRetrievalEvaluationOptions Check(MixedRetrievalEvaluationOptions? options) => options is { OwnDocuments: not OwnDocuments.Keep }
        ? throw new NotSupportedException($"{nameof(OwnDocuments)} is not supported for mixed galleries: leave the queries' own documents out of the gallery.")
        : options ?? Default;
}
