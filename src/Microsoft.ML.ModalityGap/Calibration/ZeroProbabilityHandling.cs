namespace Microsoft.ML.ModalityGap;

/// <summary>What keeps the Kullback–Leibler divergence finite where the model gives a class nothing.</summary>
public enum ZeroProbabilityHandling
{
    /// <summary>ε is added to every probability: (m + ε) / (1 + ε·classes). Changes all rows alike.</summary>
    AddToAll,

    /// <summary>Only where it would be infinite, zeros become ε, and all are divided by their sum: as Lee, An and Thorne's code does, with ε = 1e-10.</summary>
    ReplaceZeros,
}
