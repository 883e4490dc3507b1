namespace Microsoft.ML.ModalityGap;

/// <summary>How far the mean of new data of a modality lies from the mean its map was fitted on.</summary>
public sealed class ModalityDrift
{
    internal ModalityDrift()
    {
    }

    /// <summary>The modality.</summary>
    public required string Modality { get; init; }

    /// <summary>The number of new rows.</summary>
    public required long Count { get; init; }

    /// <summary>‖μ_new − μ_fitted‖.</summary>
    public required double Distance { get; init; }

    /// <summary>√(tr C_new/n + tr C_fitted/N): the distance that sampling alone makes on average, as a root of a mean square.</summary>
    public required double ExpectedDistance { get; init; }

    /// <summary>The probability of such a distance, or a larger one, for data of the same kind.</summary>
    public required double PValue { get; init; }

    /// <summary>Whether that is below <see cref="DriftOptions.Significance"/>.</summary>
    public required bool HasDrifted { get; init; }

    /// <summary>What is left of the distance without what sampling explains: about how far the mapped data lies off the centre it should have. 0 when all is explained.</summary>
    public double Excess => Math.Sqrt(Math.Max(0, Distance * Distance - ExpectedDistance * ExpectedDistance));

    /// <inheritdoc />
    public override string ToString() => FormattableString.Invariant(
        $"'{Modality}': the mean of {Count} new rows is {Distance:F4} from the fitted one, where sampling explains about {ExpectedDistance:F4} (p = {PValue:G2}): {(HasDrifted ? "drift" : "no drift")}");
}
