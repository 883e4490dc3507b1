namespace Microsoft.ML.ModalityGap;

/// <summary>Options of <see cref="ShiftModalitiesEstimator"/>.</summary>
public sealed record ShiftModalitiesOptions : ModalityFitOptions
{
    /// <summary>The defaults: the whole gap, each modality half of it.</summary>
    public static ShiftModalitiesOptions Default { get; } = new();

    /// <summary>λ: which part of the gap to close, 1 by default; below 0 widens it. Finite.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not finite.</exception>
    public double Lambda
    {
        get;
        init => field = double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(Lambda), value, "λ must be finite.");
    } = 1;

    /// <summary>Which part of the way the first modality goes, from 0 to 1; the second goes the rest. Default 0.5, as in Mind the Gap; at 0 the first stays where it is.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not from 0 to 1.</exception>
    public double FirstShare
    {
        get;
        init => field = value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(FirstShare), value, "A share is from 0 to 1.");
    } = 0.5;
}
