namespace Microsoft.ML.ModalityGap;

/// <summary>What a search of an <see cref="EmbeddingIndex"/> looks through before it reads rows as they are held. What each costs and gains is measured in docs/retrieval.md.</summary>
public enum IndexFirstPass
{
    /// <summary>Nothing: every row is compared as it is held.</summary>
    None,

    /// <summary>
    /// int8 codes with a scale per row, 1 byte a value more. How far a score by codes can be from the row's own is bounded row by row, and every row that could still be among the best is compared as it is held. So
    /// neighbours, scores and order are the same bit for bit as without; a query for which that proves too little is compared with every row.
    /// </summary>
    Int8,
}
