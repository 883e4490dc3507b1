namespace Microsoft.ML.ModalityGap;

/// <summary>Options of <see cref="ModalityGapCatalog.CalibrateTemperature"/> and <see cref="ModalityGapCatalog.EvaluateCalibration"/>.</summary>
public sealed record CalibrationOptions
{
    /// <summary>The defaults: cosines with a logit scale of 100, 15 bins.</summary>
    public static CalibrationOptions Default { get; } = new();

    /// <summary>What the scores are. Default <see cref="ScoreKind.Logits"/>, which cosines are up to the logit scale.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is no value of the enumeration.</exception>
    public ScoreKind ScoreKind
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(ScoreKind), value, "Unknown kind of scores.");
    }

    /// <summary>s, by which scores of kind <see cref="ScoreKind.Logits"/> are multiplied now. Default 100; positive and finite. 1 for logits that are scaled already.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive and finite.</exception>
    public float LogitScale
    {
        get;
        init => field = ClassifyZeroShotOptions.CheckLogitScale(value, nameof(LogitScale));
    } = 100f;

    /// <summary>M, the number of equally wide bins of confidence. Default 15; at least 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public int BinCount
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(BinCount), value, "At least one bin is needed.");
    } = 15;

    /// <summary>What to do with rows without a label, or with scores of which no distribution can be made. Default <see cref="UnusableRows.Throw"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is no value of the enumeration.</exception>
    public UnusableRows UnusableRows
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(UnusableRows), value, "Unknown row policy.");
    }
}
