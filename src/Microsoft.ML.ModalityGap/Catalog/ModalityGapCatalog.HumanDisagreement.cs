namespace Microsoft.ML.ModalityGap;

public sealed partial class ModalityGapCatalog
{
    /// <summary>
    /// Compares a classifier's distributions over the classes with people's: whether it is unsure where they disagree. Works on any column of scores, of a zero-shot
    /// classifier, an ML.NET trainer, or counts of a model that was asked many times.
    /// </summary>
    /// <param name="data">Scored rows that several people have labelled.</param>
    /// <param name="scoreColumnName">The model's scores, a slot for each class.</param>
    /// <param name="humanColumnName">What people said: a number for each class (votes or shares, by slot name where both have names), or a vector of texts with the class
    /// each has chosen.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidDataException">A row cannot be used and <see cref="UnusableRows.Throw"/> is set, none can, or a vote is for no class.</exception>
    public HumanDisagreementMetrics EvaluateHumanDisagreement(IDataView data, string scoreColumnName, string humanColumnName, HumanDisagreementOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentException.ThrowIfNullOrEmpty(scoreColumnName);
        ArgumentException.ThrowIfNullOrEmpty(humanColumnName);
        return HumanDisagreementEvaluator.Evaluate(_host, data, scoreColumnName, humanColumnName, options ?? HumanDisagreementOptions.Default);
    }
}
