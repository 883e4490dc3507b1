namespace Stores;

/// <summary>What a store ranks by.</summary>
internal enum StoreRanking
{
    /// <summary>The inner product of folded vectors: corrected scores.</summary>
    InnerProduct,

    /// <summary>The cosine of mapped vectors, without the correction.</summary>
    Cosine,
}
