namespace Microsoft.ML.ModalityGap;

public sealed partial class ModalityGapCatalog
{
    /// <summary>Measures a classifier whose rows may have any number of classes: average precision, F1, exact matches.</summary>
    /// <param name="data">Scored rows with their true classes.</param>
    /// <param name="labelColumnName">The true classes: a vector of Boolean or numbers (above 0 is true), a slot for each class; what
    /// <see cref="ClassifyZeroShotEstimator"/> makes of a column of names.</param>
    /// <param name="scoreColumnName">The scores that rank rows, a slot for each class.</param>
    /// <param name="predictedLabelColumnName">The predictions, like the labels.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidDataException">There are no rows, a row has another number of slots, or a score is not finite.</exception>
    public MultiLabelMetrics EvaluateMultiLabel(
        IDataView data, string labelColumnName = "Label", string scoreColumnName = "Similarity", string predictedLabelColumnName = "PredictedLabel")
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentException.ThrowIfNullOrEmpty(labelColumnName);
        ArgumentException.ThrowIfNullOrEmpty(scoreColumnName);
        ArgumentException.ThrowIfNullOrEmpty(predictedLabelColumnName);
        return MultiLabelEvaluator.Evaluate(MultiLabelData.Load(_host, data, labelColumnName, scoreColumnName, predictedLabelColumnName));
    }

    /// <summary>Chooses the thresholds with the highest F1 on labelled rows, for <see cref="ClassifyZeroShotTransformer.WithThresholds"/>.</summary>
    /// <param name="data">Scored rows with their true classes, other than those to be reported on.</param>
    /// <param name="labelColumnName">The true classes: a vector of Boolean or numbers (above 0 is true), a slot for each class.</param>
    /// <param name="scoreColumnName">The cosines, a slot for each class.</param>
    /// <param name="perClass">Whether to choose one for each class, which takes many rows of each, or one for all.</param>
    /// <returns>One threshold, or one for each class: halfway between two scores. A class that no row has gets one just above its highest score.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidDataException">There are no rows, a row has another number of slots, or a score is not finite.</exception>
    public IReadOnlyList<float> ChooseThresholds(IDataView data, string labelColumnName = "Label", string scoreColumnName = "Similarity", bool perClass = false)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentException.ThrowIfNullOrEmpty(labelColumnName);
        ArgumentException.ThrowIfNullOrEmpty(scoreColumnName);
        return MultiLabelEvaluator.ChooseThresholds(MultiLabelData.Load(_host, data, labelColumnName, scoreColumnName, predictionName: null), perClass);
    }
}
