namespace Microsoft.ML.ModalityGap;

/// <summary>What <see cref="HubnessCorrection"/> takes from the similarities of a gallery row.</summary>
public enum HubnessCorrectionKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The logarithm of an inverted softmax's denominator.</summary>
    InvertedSoftmax,

    /// <summary>Half the mean of the largest similarities to the bank, as CSLS.</summary>
    LocalScaling,
}
