namespace Microsoft.ML.ModalityGap;

/// <summary>A measure of retrieval. All but the ranks are means over the queries, from 0 to 1.</summary>
public enum RetrievalMeasure
{
    /// <summary>
    /// The share of queries with <em>any</em> relevant document among the first k: what CLIP's authors and most image-text papers call recall@k (elsewhere hit rate
    /// or success). With one relevant document per query it is the textbook's recall.
    /// </summary>
    Recall,

    /// <summary>The textbook's recall@k: the mean share of a query's relevant documents that are among the first k.</summary>
    TextbookRecall,

    /// <summary>The mean of (relevant documents among the first k)/k; k stays the divisor when the gallery is smaller.</summary>
    Precision,

    /// <summary>The mean NDCG@k: Σ gain/log2(rank + 1) over the first k, divided by the same of the best possible order.</summary>
    Ndcg,

    /// <summary>MRR, the mean of 1/rank of the first relevant document.</summary>
    MeanReciprocalRank,

    /// <summary>MAP, the mean over the queries of the mean, over all their relevant documents, of the precision at their rank.</summary>
    MeanAveragePrecision,

    /// <summary>The median rank of the first relevant document; of an even number of queries the mean of the middle two.</summary>
    MedianRank,

    /// <summary>The mean rank of the first relevant document.</summary>
    MeanRank,
}
