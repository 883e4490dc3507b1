namespace Microsoft.ML.ModalityGap;

/// <summary>Which mean m and variance v of each dimension the fitted maps normalise by.</summary>
public enum NormalizationStatistics
{
    /// <summary>
    /// The running averages over the batches seen, as batch normalisation has it. Where they began, m = 0 and v = 1, is taken out of them, which only shows
    /// after few steps.
    /// </summary>
    Running,

    /// <summary>Those of all training rows. The encoders are frozen, so they are the same before and after training.</summary>
    Exact,
}
