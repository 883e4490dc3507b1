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

    /// <summary>
    /// <b>Approximate</b>: sign bits of the rows behind their mean and a rotation, an eighth of a byte a value (of the dimensions rounded up to a power of two, 256 at least). The rows with the fewest bits that differ from the
    /// query's (<see cref="SearchOptions.ApproximateCandidates"/>) are compared as they are held. So scores and order of what is found are exact, but rows may be missing;
    /// <see cref="EmbeddingIndex.MeasureRecall"/> says how many. For the cosine.
    /// </summary>
    ApproximateBits,
}
