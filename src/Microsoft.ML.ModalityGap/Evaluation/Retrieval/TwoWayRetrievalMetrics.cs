namespace Microsoft.ML.ModalityGap;

/// <summary>Retrieval between two modalities in both directions, from one pass.</summary>
[TypeFormatterSource]
public sealed class TwoWayRetrievalMetrics
{
    internal TwoWayRetrievalMetrics(RetrievalMetrics firstToSecond, RetrievalMetrics secondToFirst)
    {
        FirstToSecond = firstToSecond;
        SecondToFirst = secondToFirst;
    }

    /// <summary>The rows of the first are queries, those of the second the gallery.</summary>
    public RetrievalMetrics FirstToSecond { get; }

    /// <summary>The rows of the second are queries, those of the first the gallery.</summary>
    public RetrievalMetrics SecondToFirst { get; }

    /// <summary>Both as text.</summary>
    public override string ToString() => $"{FirstToSecond}{Environment.NewLine}{Environment.NewLine}{SecondToFirst}";
}
