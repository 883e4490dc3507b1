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
    /// <para>The pairs are dealt in parts several times; each part is mapped by maps fitted on the others. Recommended is, of the candidates whose gap is no wider than I0T_post's (and
    /// <see cref="SelectionOptions.GapTolerance"/>), whose mean recall@1 is no lower than that of the raw embeddings (less <see cref="SelectionOptions.AllowedRecallLoss"/>), and that give neither modality more than its
    /// share of a mixed gallery (<see cref="SelectionOptions.MinimumOtherShare"/>), the best by <see cref="SelectionOptions.Objective"/>.</para>
    /// <para>The raw embeddings are recommended only when the loss of <em>every</em> candidate that closes the gap is significant: at 0.05 by the paired bootstrap, corrected by Holm's method. Where none is measured to keep
    /// recall but chance may be why, it is the best of those whose loss is not significant.</para>
    /// <para>Intervals are percentiles of 1,000 samples of the pairs. The same data and seed give the same result.</para>
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
        CheckSelectionColumns(firstColumnName, secondColumnName);
        return new Selector(_host, firstColumnName, secondColumnName, options ?? SelectionOptions.Default).Select(data);
    }

    /// <summary>
    /// The same of items with several rows, such as photos with several captions each, which belong together by ids. Items are dealt, never parted; mixed galleries are two-sided
    /// (<see cref="EvaluateTwoSidedRetrieval"/>), so that no method gains by always putting one modality first. Fitted is on every pair of an item's rows.
    /// Where there are fewer than 20 items of 8 rows and more on one side, such as classes with many images and a sentence each, the rows of the modality that has more are dealt instead, and the other's are known to all parts: new images of classes that are known.
    /// </summary>
    /// <param name="first">The rows of one modality.</param>
    /// <param name="firstColumnName">Their embeddings.</param>
    /// <param name="second">The rows of the other.</param>
    /// <param name="secondColumnName">Their embeddings, of the same dimension.</param>
    /// <param name="items">Which rows belong together: <see cref="Relevance.ById(string, string)"/>, of the first's rows and of the second's. Rows whose id the other side does not have are left out.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults. <see cref="SelectionOptions.MaximumPairs"/> is of items, or of the rows that are dealt.</param>
    /// <exception cref="ArgumentException">Both names are the same, a candidate is given twice, or <paramref name="items"/> goes by other than ids.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidDataException">As of the other overload, of items.</exception>
    /// <exception cref="OperationCanceledException"><see cref="SelectionOptions.CancellationToken"/> was cancelled.</exception>
    public SelectionResult Select(IDataView first, string firstColumnName, IDataView second, string secondColumnName, Relevance items, SelectionOptions? options = null)
    {
        CheckSelectionColumns(firstColumnName, secondColumnName);
        options ??= SelectionOptions.Default;
        var rows = ItemRows.Load(_host, first, firstColumnName, second, secondColumnName, items, options.UnusableRows, normalize: true);
        return new Selector(_host, firstColumnName, secondColumnName, options).Select(PairSet.OfIds(rows), rows.SkippedCount);
    }

    /// <summary>Makes pairs of rows that belong together by ids: every row of an item with every row of the other modality's. What estimators that learn from pairs are fitted on.</summary>
    /// <param name="first">The rows of one modality.</param>
    /// <param name="firstColumnName">Their embeddings; they are not normalised here.</param>
    /// <param name="second">The rows of the other.</param>
    /// <param name="secondColumnName">Their embeddings.</param>
    /// <param name="items">Which rows belong together: <see cref="Relevance.ById(string, string)"/>, of the first's rows and of the second's.</param>
    /// <param name="unusableRows">What to do with rows of NaN, infinity or only zeros.</param>
    /// <returns>Data in memory with the two columns, item by item.</returns>
    /// <exception cref="ArgumentException">Both names are the same, or <paramref name="items"/> goes by other than ids.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidDataException">The dimensions differ, a row cannot be used and <see cref="UnusableRows.Throw"/> is set, or no id has rows of both.</exception>
    public IDataView JoinPairs(
        IDataView first, string firstColumnName, IDataView second, string secondColumnName, Relevance items, UnusableRows unusableRows = UnusableRows.Throw)
    {
        CheckSelectionColumns(firstColumnName, secondColumnName);
        return PairSet.OfIds(ItemRows.Load(_host, first, firstColumnName, second, secondColumnName, items, unusableRows, normalize: false)).ToDataView(_host, firstColumnName, secondColumnName);
    }

    /// <summary>The candidates that <see cref="Select(IDataView, string, string, SelectionOptions?)"/> compares by default.</summary>
    /// <param name="pairCount">How many pairs a fit sees: some methods take more than others.</param>
    /// <param name="dimension">The dimension of the embeddings.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is not positive.</exception>
    public IReadOnlyList<SelectionCandidate> GetSelectionGrid(int pairCount, int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(pairCount);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        return SelectionCandidates.Create(_host, pairCount, dimension);
    }

    /// <summary>The experiment behind docs/methods.md.</summary>
    internal IReadOnlyList<SplitEntry> CompareOnSplits(
        IDataView data, string firstColumnName, string secondColumnName, IReadOnlyList<(string Name, SelectionOptions Options)> selections, int splits, CancellationToken cancellationToken)
    {
        var pairs = EmbeddingPairs.Load(_host, data, firstColumnName, secondColumnName, UnusableRows.Throw);
        return SplitComparison.Run(_host, PairSet.OfPairs(pairs.First, pairs.Second, pairs.Dimension), selections, splits, cancellationToken: cancellationToken);
    }

    /// <summary>The same of items with several rows.</summary>
    internal IReadOnlyList<SplitEntry> CompareOnSplits(
        IDataView first,
        string firstColumnName,
        IDataView second,
        string secondColumnName,
        Relevance items,
        IReadOnlyList<(string Name, SelectionOptions Options)> selections,
        int splits,
        CancellationToken cancellationToken) =>
        SplitComparison.Run(
            _host, PairSet.OfIds(ItemRows.Load(_host, first, firstColumnName, second, secondColumnName, items, UnusableRows.Throw, normalize: true)), selections, splits, cancellationToken: cancellationToken);

    private static void CheckSelectionColumns(string firstColumnName, string secondColumnName)
    {
        ArgumentException.ThrowIfNullOrEmpty(firstColumnName);
        ArgumentException.ThrowIfNullOrEmpty(secondColumnName);
        if (firstColumnName == secondColumnName)
            throw new ArgumentException($"'{firstColumnName}' has no gap to itself; name two columns.", nameof(secondColumnName));
    }
}
