using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>The measures by name.</summary>
internal static class RetrievalMeasures
{
    /// <summary>The name for tables, such as <c>recall@5</c>.</summary>
    internal static string GetName(RetrievalMeasure measure, int k = 1) => measure switch
    {
        RetrievalMeasure.Recall => string.Create(CultureInfo.InvariantCulture, $"recall@{k}"),
        RetrievalMeasure.TextbookRecall => string.Create(CultureInfo.InvariantCulture, $"textbook recall@{k}"),
        RetrievalMeasure.Precision => string.Create(CultureInfo.InvariantCulture, $"precision@{k}"),
        RetrievalMeasure.Ndcg => string.Create(CultureInfo.InvariantCulture, $"NDCG@{k}"),
        RetrievalMeasure.MeanReciprocalRank => "MRR",
        RetrievalMeasure.MeanAveragePrecision => "MAP",
        RetrievalMeasure.MedianRank => "median rank",
        _ => "mean rank",
    };
}
