namespace Microsoft.ML.ModalityGap;

/// <summary>Pairwise accuracies by category, and their mean.</summary>
[TypeFormatterSource]
public sealed class PairwiseAccuracies
{
    internal PairwiseAccuracies(PairwiseAccuracy all, IReadOnlyList<PairwiseAccuracy> categories) => (All, Categories) = (all, categories);

    /// <summary>All comparisons together.</summary>
    public PairwiseAccuracy All { get; }

    /// <summary>Per category, in ordinal order; empty without a column of categories.</summary>
    public IReadOnlyList<PairwiseAccuracy> Categories { get; }

    /// <summary>The mean over the categories, each weighing the same, as Pascal-50S is reported; without categories the accuracy of all.</summary>
    public double Mean => Categories.Count == 0 ? All.Accuracy : Categories.Average(category => category.Accuracy);

    /// <summary>The accuracies as text.</summary>
    public override string ToString() => string.Join(Environment.NewLine, [All, .. Categories]);
}
