namespace Microsoft.ML.ModalityGap;

/// <summary>What becomes of queries to which no document of the gallery is relevant.</summary>
public enum QueriesWithoutRelevant
{
    /// <summary>They are left out of all means, and counted.</summary>
    LeaveOut,

    /// <summary>They count as 0 in recall, precision, MRR, MAP and NDCG; ranks are of the other queries still.</summary>
    CountAsZero,
}
