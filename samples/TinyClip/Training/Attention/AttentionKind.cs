namespace TinyClip;

/// <summary>How attention makes queries, keys and values of its input.</summary>
public enum AttentionKind
{
    /// <summary>By a full matrix each.</summary>
    MultiHead,

    /// <summary>By a product of two factors of low rank each, after MLRA (Chung et al., 2024).</summary>
    LowRank,
}
