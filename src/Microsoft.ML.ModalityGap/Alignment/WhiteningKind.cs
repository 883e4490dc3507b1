namespace Microsoft.ML.ModalityGap;

/// <summary>In which basis whitened embeddings come out.</summary>
public enum WhiteningKind
{
    /// <summary>W = C^(−1/2): the whitened embeddings stay as near to the old ones as can be, dimension by dimension.</summary>
    Zca,

    /// <summary>W = Λ^(−1/2)Vᵀ: the principal directions become the dimensions, largest first, so that some can be left out.</summary>
    Pca,
}
