namespace Microsoft.ML.ModalityGap;

/// <summary>What mutual information is divided by, of the entropies of the two groupings; named as scikit-learn's <c>average_method</c>.</summary>
public enum MutualInformationNormalization
{
    /// <summary>Their mean; the result is the V-measure.</summary>
    Arithmetic,

    /// <summary>The root of their product.</summary>
    Geometric,

    /// <summary>The smaller.</summary>
    Min,

    /// <summary>The larger.</summary>
    Max,
}
