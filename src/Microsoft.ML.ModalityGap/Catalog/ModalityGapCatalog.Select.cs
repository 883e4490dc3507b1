namespace Microsoft.ML.ModalityGap;

public sealed partial class ModalityGapCatalog
{
    /// <summary>
    /// Compares methods on pairs of the user's own by cross-validation, and recommends one, or to leave the embeddings alone. The embeddings are read into memory. From a few hundred pairs up the choice
    /// means something.
    /// </summary>
    /// <param name="data">The data: row i of both columns is a pair. Only rows that the method will be fitted on, not those it is to be judged by.</param>
    /// <param name="firstColumnName">The embeddings of one modality.</param>
    /// <param name="secondColumnName">Those of the other, of the same dimension.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <returns>The candidates with what was measured, and an estimator of the recommended one, ready to append.</returns>
    /// <remarks>
    /// The pairs are dealt in parts several times; each part is mapped by maps fitted on the others. Recommended is, of the candidates whose gap is no wider than I0T_post's (and
    /// <see cref="SelectionOptions.GapTolerance"/>) and whose mean recall@1 is no lower than that of the raw embeddings (less <see cref="SelectionOptions.AllowedRecallLoss"/>), the best by
    /// <see cref="SelectionOptions.Objective"/>. Intervals are percentiles of 1,000 samples of the pairs. The same data and seed give the same result.
    /// </remarks>
    /// <exception cref="ArgumentException">Both names are the same, or a candidate is given twice.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidDataException">
    /// The dimensions differ, a row cannot be used and <see cref="UnusableRows.Throw"/> is set, or there are fewer than 20 usable pairs.
    /// </exception>
    /// <exception cref="OperationCanceledException"><see cref="SelectionOptions.CancellationToken"/> was cancelled.</exception>
    /// <example>
    /// <code>
    /// var selection = mlContext.ModalityGap().Select(pairs, "Image", "Text");
    /// Console.WriteLine(selection);
    /// var model = encoders.Append(selection.Estimator).Fit(data);
    /// </code>
    /// </example>
    public SelectionResult Select(IDataView data, string firstColumnName, string secondColumnName, SelectionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentException.ThrowIfNullOrEmpty(firstColumnName);
        ArgumentException.ThrowIfNullOrEmpty(secondColumnName);
        if (firstColumnName == secondColumnName)
            throw new ArgumentException($"'{firstColumnName}' has no gap to itself; name two columns.", nameof(secondColumnName));
        return new Selector(_host, firstColumnName, secondColumnName, options ?? SelectionOptions.Default).Select(data);
    }

    /// <summary>The experiment behind docs/methods.md.</summary>
    internal IReadOnlyList<SplitEntry> CompareOnSplits(
        IDataView data, string firstColumnName, string secondColumnName, IReadOnlyList<(string Name, SelectionOptions Options)> selections, int splits, CancellationToken cancellationToken) =>
        SplitComparison.Run(_host, EmbeddingPairs.Load(_host, data, firstColumnName, secondColumnName, UnusableRows.Throw), selections, splits, cancellationToken);
}
