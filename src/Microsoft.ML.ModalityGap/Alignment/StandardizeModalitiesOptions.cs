namespace Microsoft.ML.ModalityGap;

/// <summary>Options of <see cref="StandardizeModalitiesEstimator"/>.</summary>
public sealed record StandardizeModalitiesOptions : ModalityFitOptions
{
    /// <summary>The defaults: normalise the input, take the deviations as they are.</summary>
    public static StandardizeModalitiesOptions Default { get; } = new();

    /// <summary>γ: how far each dimension's variance is drawn towards the mean variance, from 0 (the default) to 1, where only the mean is taken away.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not from 0 to 1.</exception>
    public double Shrinkage
    {
        get;
        init
        {
            CovarianceShrinkage.CheckAmount(value, nameof(Shrinkage));
            field = value;
        }
    }
}
