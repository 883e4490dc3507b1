namespace Microsoft.ML.ModalityGap;

/// <summary>Options of <see cref="ShiftModalitiesEstimator"/>.</summary>
public sealed record ShiftModalitiesOptions : ModalityFitOptions
{
    /// <summary>The defaults: the whole gap, each modality half of it.</summary>
    public static ShiftModalitiesOptions Default { get; } = new();

    /// <summary>
    /// λ: which part of the gap ‖Δ‖ to close, 1 by default; below 0 widens it. Finite. Papers that give λ in units of the space mean another one: see <see cref="AbsoluteLambda"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not finite.</exception>
    public double Lambda
    {
        get;
        init => field = double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(Lambda), value, "λ must be finite.");
    } = 1;

    /// <summary>
    /// λ in units of the space, as Mind the Gap's figures and I0T's code have it: how far each modality moves along Δ/‖Δ‖ when both move alike (<see cref="FirstShare"/> = ½). It is
    /// <see cref="Lambda"/>·‖Δ‖/2, so ‖Δ‖/2 closes the gap. <see langword="null"/>, the default, leaves it to <see cref="Lambda"/>, which is not looked at where this is given. Finite.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not finite.</exception>
    public double? AbsoluteLambda
    {
        get;
        init => field = value is null || double.IsFinite(value.Value) ? value : throw new ArgumentOutOfRangeException(nameof(AbsoluteLambda), value, "λ must be finite.");
    }

    /// <summary>Which part of the way the first modality goes, from 0 to 1; the second goes the rest. Default 0.5, as in Mind the Gap; at 0 the first stays where it is.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not from 0 to 1.</exception>
    public double FirstShare
    {
        get;
        init => field = value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(FirstShare), value, "A share is from 0 to 1.");
    } = 0.5;
}
