namespace Microsoft.ML.ModalityGap;

public sealed partial class ModalityGapCatalog
{
    /// <summary>
    /// Fits the logit scale under which a classifier's probabilities can be believed: the one with the least negative log-likelihood on labelled rows. Predictions do not
    /// change, only how sure they are.
    /// </summary>
    /// <param name="data">Labelled and scored rows, other than those to be reported on.</param>
    /// <param name="labelColumnName">The true classes: a key, or a text that is one of the scores' slot names.</param>
    /// <param name="scoreColumnName">The scores, a slot for each class; by default a zero-shot classifier's cosines.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <returns>The scale, and the reliability before and after.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidDataException">A row cannot be used and <see cref="UnusableRows.Throw"/> is set, none can, or a label is no class.</exception>
    public TemperatureCalibration CalibrateTemperature(
        IDataView data, string labelColumnName = "Label", string scoreColumnName = "Similarity", CalibrationOptions? options = null)
    {
        options ??= CalibrationOptions.Default;
        var scores = LoadLabelledScores(data, labelColumnName, scoreColumnName, options);
        var (scale, isAtBound) = TemperatureFit.Fit(scores);
        return new TemperatureCalibration
        {
            LogitScale = (float)scale,
            IsAtBound = isAtBound,
            Before = CalibrationEvaluator.Evaluate(scores, GetScale(options), options.BinCount),
            After = CalibrationEvaluator.Evaluate(scores, (float)scale, options.BinCount),
        };
    }

    /// <summary>Measures how far a classifier's probabilities are to be believed: likelihood, expected calibration error, reliability table.</summary>
    /// <param name="data">Labelled and scored rows.</param>
    /// <param name="labelColumnName">The true classes: a key, or a text that is one of the scores' slot names.</param>
    /// <param name="scoreColumnName">The scores, a slot for each class; by default a zero-shot classifier's cosines.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults. For a column of probabilities set <see cref="CalibrationOptions.ScoreKind"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidDataException">A row cannot be used and <see cref="UnusableRows.Throw"/> is set, none can, or a label is no class.</exception>
    public CalibrationMetrics EvaluateCalibration(
        IDataView data, string labelColumnName = "Label", string scoreColumnName = "Similarity", CalibrationOptions? options = null)
    {
        options ??= CalibrationOptions.Default;
        return CalibrationEvaluator.Evaluate(LoadLabelledScores(data, labelColumnName, scoreColumnName, options), GetScale(options), options.BinCount);
    }

    private static double GetScale(CalibrationOptions options) => options.ScoreKind == ScoreKind.Logits ? options.LogitScale : 1;

    private LabelledScores LoadLabelledScores(IDataView data, string labelColumnName, string scoreColumnName, CalibrationOptions options)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentException.ThrowIfNullOrEmpty(labelColumnName);
        ArgumentException.ThrowIfNullOrEmpty(scoreColumnName);
        return LabelledScores.Load(_host, data, labelColumnName, scoreColumnName, options.ScoreKind, options.UnusableRows);
    }
}
