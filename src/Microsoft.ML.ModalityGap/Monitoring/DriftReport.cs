namespace Microsoft.ML.ModalityGap;

/// <summary>Whether new data is of the kind that maps were fitted on.</summary>
public sealed class DriftReport
{
    internal DriftReport(IReadOnlyList<ModalityDrift> modalities)
    {
        Modalities = modalities;
    }

    /// <summary>The modalities that the data has.</summary>
    public IReadOnlyList<ModalityDrift> Modalities { get; }

    /// <summary>Whether any of them has drifted.</summary>
    public bool HasDrifted => Modalities.Any(modality => modality.HasDrifted);

    /// <inheritdoc />
    public override string ToString() => string.Join(Environment.NewLine, Modalities);
}
