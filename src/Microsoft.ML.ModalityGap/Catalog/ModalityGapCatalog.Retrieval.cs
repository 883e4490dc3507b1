namespace Microsoft.ML.ModalityGap;

public sealed partial class ModalityGapCatalog
{
    /// <summary>
    /// Measures how well queries retrieve what is relevant to them: every document is scored for every query, exactly, on all cores and in tiles; embeddings are read into memory.
    /// </summary>
    /// <param name="queries">The queries.</param>
    /// <param name="queryColumnName">Their embeddings.</param>
    /// <param name="gallery">The documents.</param>
    /// <param name="documentColumnName">Their embeddings, of the same dimension.</param>
    /// <param name="relevance">What is relevant to what: <see cref="Relevance.ByRow"/>, by id, or by judgements.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidDataException">
    /// The dimensions differ, nothing is relevant to any query, a row cannot be used and <see cref="UnusableRows.Throw"/> is set, or with relevance by row there are not as many
    /// documents as queries, or ids at hand are not as many as the rows.
    /// </exception>
    /// <example>
    /// <code>
    /// // Five captions per image, told by the image's id.
    /// var metrics = mlContext.ModalityGap().EvaluateRetrieval(captions, "Embedding", images, "Embedding", Relevance.ById("ImageId", "ImageId"));
    /// Console.WriteLine(metrics.RecallAt(1));
    /// </code>
    /// </example>
    public RetrievalMetrics EvaluateRetrieval(
        IDataView queries, string queryColumnName, IDataView gallery, string documentColumnName, Relevance relevance, RetrievalEvaluationOptions? options = null)
    {
        CheckColumns(queries, queryColumnName, gallery, documentColumnName, relevance);
        return new RetrievalEvaluator(_host, relevance, options ?? RetrievalEvaluationOptions.Default).Evaluate(queries, queryColumnName, gallery, documentColumnName);
    }

    /// <summary>The same in both directions at once, for little more than the time of one.</summary>
    /// <param name="first">One modality.</param>
    /// <param name="firstColumnName">Its embeddings.</param>
    /// <param name="second">The other.</param>
    /// <param name="secondColumnName">Its embeddings, of the same dimension.</param>
    /// <param name="relevance">What is relevant to what, with the first as queries and the second as documents; the other direction has the same pairs and grades.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidDataException">As of <see cref="EvaluateRetrieval"/>.</exception>
    public TwoWayRetrievalMetrics EvaluateRetrievalBothWays(
        IDataView first, string firstColumnName, IDataView second, string secondColumnName, Relevance relevance, RetrievalEvaluationOptions? options = null)
    {
        CheckColumns(first, firstColumnName, second, secondColumnName, relevance);
        return new RetrievalEvaluator(_host, relevance, options ?? RetrievalEvaluationOptions.Default).EvaluateBothWays(first, firstColumnName, second, secondColumnName);
    }

    /// <summary>
    /// Measures retrieval from one gallery of several modalities: does a query find what is relevant, whichever modality it is in, or does the gap put all documents of one
    /// modality first? (MixBench's setting; NDCG@10 is its measure.)
    /// </summary>
    /// <param name="queries">The queries.</param>
    /// <param name="queryColumnName">Their embeddings.</param>
    /// <param name="gallery">The documents of all modalities in one column.</param>
    /// <param name="documentColumnName">Their embeddings, of the same dimension.</param>
    /// <param name="modalityColumnName">The name of each document's modality: text, or a key with texts as values.</param>
    /// <param name="relevance">What is relevant to what.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidDataException">As of <see cref="EvaluateRetrieval"/>; or a document has no modality.</exception>
    public MixedRetrievalMetrics EvaluateMixedRetrieval(
        IDataView queries,
        string queryColumnName,
        IDataView gallery,
        string documentColumnName,
        string modalityColumnName,
        Relevance relevance,
        MixedRetrievalEvaluationOptions? options = null)
    {
        CheckColumns(queries, queryColumnName, gallery, documentColumnName, relevance);
        ArgumentException.ThrowIfNullOrEmpty(modalityColumnName);
        options = MixedRetrievalEvaluationOptions.Check(options);
        var evaluator = new RetrievalEvaluator(_host, relevance, options);
        var documents = evaluator.LoadGallery(gallery, documentColumnName, relevance.DocumentIds?.ColumnName, modalityColumnName);
        return evaluator.EvaluateMixed(queries, queryColumnName, documents, documentColumnName, options.Cutoff);
    }

    /// <summary>The same with the documents of each modality in data of their own, such as a column of wide data.</summary>
    /// <param name="queries">The queries.</param>
    /// <param name="queryColumnName">Their embeddings.</param>
    /// <param name="gallery">The parts of the gallery, one behind the other; several may be of the same modality.</param>
    /// <param name="relevance">What is relevant to what. The parts name the columns of their ids themselves; with <see cref="Relevance.ByRow"/> rows count through all parts.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">There is no part.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidDataException">As of <see cref="EvaluateRetrieval"/>.</exception>
    /// <example>
    /// <code>
    /// // Each row has an image and a caption; queries name the row they are after.
    /// var metrics = mlContext.ModalityGap().EvaluateMixedRetrieval(
    ///     queries, "Text", [new MixedGalleryPart("image", pairs, "Image"), new MixedGalleryPart("text", pairs, "Text")], Relevance.ById("Row", "Row"));
    /// </code>
    /// </example>
    public MixedRetrievalMetrics EvaluateMixedRetrieval(
        IDataView queries, string queryColumnName, IReadOnlyList<MixedGalleryPart> gallery, Relevance relevance, MixedRetrievalEvaluationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentException.ThrowIfNullOrEmpty(queryColumnName);
        ArgumentNullException.ThrowIfNull(gallery);
        ArgumentNullException.ThrowIfNull(relevance);
        if (gallery.Count == 0)
            throw new ArgumentException("Name at least one part of the gallery.", nameof(gallery));
        if (gallery.Any(part => string.IsNullOrEmpty(part?.Modality)))
            throw new ArgumentException("One of the parts names no modality.", nameof(gallery));
        options = MixedRetrievalEvaluationOptions.Check(options);
        var evaluator = new RetrievalEvaluator(_host, relevance, options);
        var documents = EvaluationRows.Concatenate([.. gallery.Select(part => (part.Modality, evaluator.LoadGallery(part.Data, part.ColumnName, part.IdColumnName)))]);
        return evaluator.EvaluateMixed(queries, queryColumnName, documents, string.Join("+", gallery.Select(part => part.Modality).Distinct()), options.Cutoff);
    }

    /// <summary>
    /// The same from nothing but pairs: a random half of the rows gives the gallery its first modality and is searched by the second, the other half the other way round. So every
    /// query looks for one document of the other modality in a gallery of both, and across an open gap finds the documents of its own modality first.
    /// </summary>
    /// <param name="pairs">The data: row i of both columns is a pair.</param>
    /// <param name="firstColumnName">The embeddings of one modality.</param>
    /// <param name="secondColumnName">Those of the other, of the same dimension.</param>
    /// <param name="options">Options, of which the seed also chooses the halves; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">Both names are the same.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidDataException">
    /// The dimensions differ, a row cannot be used and <see cref="UnusableRows.Throw"/> is set, or there are fewer than 2 usable pairs.
    /// </exception>
    public MixedRetrievalMetrics EvaluateMixedRetrieval(IDataView pairs, string firstColumnName, string secondColumnName, MixedRetrievalEvaluationOptions? options = null)
    {
        CheckColumns(pairs, firstColumnName, pairs, secondColumnName, Relevance.ByRow);
        if (firstColumnName == secondColumnName)
            throw new ArgumentException($"A mixed gallery takes two columns, not '{firstColumnName}' twice.", nameof(secondColumnName));
        return CrossedRetrieval.Evaluate(_host, pairs, firstColumnName, secondColumnName, MixedRetrievalEvaluationOptions.Check(options));
    }

    /// <summary>
    /// Retrieval from a two-sided mixed gallery, as MixBench has it, made of items with several rows of one modality, such as photos with several captions each: half of the items are shown by their row of one modality, the
    /// others by a row of the modality that asks, and each is asked for by another of these. What is relevant lies in both modalities, so a method that puts one first whatever the content does not gain by it.
    /// </summary>
    /// <param name="first">The rows of one modality.</param>
    /// <param name="firstColumnName">Their embeddings.</param>
    /// <param name="second">The rows of the other.</param>
    /// <param name="secondColumnName">Their embeddings, of the same dimension.</param>
    /// <param name="items">Which rows belong together: <see cref="Relevance.ById(string, string)"/>, of the first's rows and of the second's. Rows whose id the other side does not have are left out.</param>
    /// <param name="options">Options, of which the seed also draws the gallery; <see langword="null"/> for the defaults.</param>
    /// <remarks>The modality with more rows asks; the second of equally many. An item with a single row of it is shown by the other modality. See docs/evaluation.md.</remarks>
    /// <exception cref="ArgumentException">Both names are the same, or <paramref name="items"/> goes by other than ids.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidDataException">
    /// The dimensions differ, a row cannot be used and <see cref="UnusableRows.Throw"/> is set, no id has rows of both, or no item has a second row of the modality that asks.
    /// </exception>
    public MixedRetrievalMetrics EvaluateTwoSidedRetrieval(
        IDataView first, string firstColumnName, IDataView second, string secondColumnName, Relevance items, MixedRetrievalEvaluationOptions? options = null)
    {
        CheckColumns(first, firstColumnName, second, secondColumnName, items);
        if (firstColumnName == secondColumnName)
            throw new ArgumentException($"A mixed gallery takes two columns, not '{firstColumnName}' twice.", nameof(secondColumnName));
        options = MixedRetrievalEvaluationOptions.Check(options);
        return TwoSidedRetrieval.Evaluate(ItemRows.Load(_host, first, firstColumnName, second, secondColumnName, items, options.UnusableRows, options.Normalize), options);
    }

    private static void CheckColumns(IDataView first, string firstColumnName, IDataView second, string secondColumnName, Relevance relevance)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentException.ThrowIfNullOrEmpty(firstColumnName);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentException.ThrowIfNullOrEmpty(secondColumnName);
        ArgumentNullException.ThrowIfNull(relevance);
    }
}
