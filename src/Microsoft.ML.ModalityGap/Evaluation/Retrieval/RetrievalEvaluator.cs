using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Measures retrieval on data views.</summary>
internal sealed class RetrievalEvaluator(IHost host, Relevance relevance, RetrievalEvaluationOptions options)
{
    internal RetrievalMetrics Evaluate(IDataView queries, string queryColumnName, IDataView gallery, string documentColumnName)
    {
        var (queryRows, documentRows) = Load(queries, queryColumnName, gallery, documentColumnName);
        var (lists, unknown) = Resolve(queryRows, documentRows);
        var own = OwnDocumentLists.Find(options.OwnDocuments, relevance, queryRows, documentRows);
        var ranked = Rank(queryColumnName, queryRows, documentColumnName, documentRows, lists.Without(own), own);
        return Create(ranked, queryColumnName, queryRows, documentColumnName, documentRows, unknown);
    }

    internal TwoWayRetrievalMetrics EvaluateBothWays(IDataView first, string firstColumnName, IDataView second, string secondColumnName)
    {
        var (firstRows, secondRows) = Load(first, firstColumnName, second, secondColumnName);
        var (lists, unknown) = Resolve(firstRows, secondRows);
        var own = OwnDocumentLists.Find(options.OwnDocuments, relevance, firstRows, secondRows);
        var (forward, backward) = options.Correction is not null
            ? (Rank(firstColumnName, firstRows, secondColumnName, secondRows, lists.Without(own), own),
               Rank(secondColumnName, secondRows, firstColumnName, firstRows, lists.Without(own).Transpose(), own?.Transpose()))
            : RelevanceRanks.ComputeBothWays(firstRows.Values, secondRows.Values, firstRows.Dimension, lists.Without(own), leftOut: own);
        return new TwoWayRetrievalMetrics(
            Create(forward, firstColumnName, firstRows, secondColumnName, secondRows, unknown), Create(backward, secondColumnName, secondRows, firstColumnName, firstRows, unknown));
    }

    internal MixedRetrievalMetrics EvaluateMixed(IDataView queries, string queryColumnName, EvaluationRows documents, string gallery, int cutoff)
    {
        var queryRows = LoadQueries(queries, queryColumnName);
        documents = AttachIds(documents, relevance.DocumentIds, gallery);
        CheckDimensions(queryColumnName, queryRows, gallery, documents);
        var (lists, unknown) = Resolve(queryRows, documents);
        var names = documents.Modalities!.Distinct(StringComparer.Ordinal).ToArray();
        var numbers = names.Select((name, number) => (name, number)).ToDictionary(entry => entry.name, entry => entry.number, StringComparer.Ordinal);
        var modalities = Array.ConvertAll(documents.Modalities!, name => numbers[name]);
        var rows = CorrectedRows.Create(
            options.Correction, [.. names, queryColumnName], queryRows.Values, [.. Enumerable.Repeat(names.Length, queryRows.Count)], documents.Values, modalities, queryRows.Dimension);
        return MixedRetrieval.Evaluate(
            rows.Queries,
            rows.Documents,
            rows.Dimension,
            modalities,
            names,
            lists,
            cutoff,
            ranked => Create(ranked, queryColumnName, queryRows, gallery, documents, unknown));
    }

    internal EvaluationRows LoadGallery(IDataView gallery, string columnName, string? idColumnName, string? modalityColumnName = null) =>
        EvaluationRows.Load(host, gallery, columnName, options.Normalize, options.UnusableRows, idColumnName, modalityColumnName);

    private RankedRelevance Rank(string queryName, EvaluationRows queries, string documentName, EvaluationRows documents, RelevanceLists lists, RelevanceLists? leftOut)
    {
        var rows = CorrectedRows.Create(options.Correction, queryName, queries.Values, documentName, documents.Values, queries.Dimension);
        return RelevanceRanks.Compute(rows.Queries, rows.Documents, rows.Dimension, lists, leftOut: leftOut);
    }

    private EvaluationRows LoadQueries(IDataView queries, string columnName) => AttachIds(
        EvaluationRows.Load(host, queries, columnName, options.Normalize, options.UnusableRows, relevance.QueryIds?.ColumnName), relevance.QueryIds, columnName);

    private static EvaluationRows AttachIds(EvaluationRows rows, IdSource? source, string name) => source?.Values is { } ids ? rows.WithIds(ids, name) : rows;

    private (EvaluationRows Queries, EvaluationRows Documents) Load(IDataView queries, string queryColumnName, IDataView gallery, string documentColumnName)
    {
        var queryRows = LoadQueries(queries, queryColumnName);
        var documentRows = AttachIds(LoadGallery(gallery, documentColumnName, relevance.DocumentIds?.ColumnName), relevance.DocumentIds, documentColumnName);
        CheckDimensions(queryColumnName, queryRows, documentColumnName, documentRows);
        return (queryRows, documentRows);
    }

    private static void CheckDimensions(string queryName, EvaluationRows queries, string galleryName, EvaluationRows documents)
    {
        if (queries.Dimension != documents.Dimension)
            throw new InvalidDataException($"Only embeddings of one space can be compared, but '{queryName}' has {queries.Dimension} dimensions and '{galleryName}' {documents.Dimension}.");
    }

    private (RelevanceLists Lists, long Unknown) Resolve(EvaluationRows queries, EvaluationRows documents)
    {
        var (lists, unknown) = relevance.Resolve(queries, documents);
        using var channel = host.Start("Evaluate retrieval");
        if (unknown > 0)
            channel.Warning($"{unknown} judgements are of queries or documents that are not among the data and were left out.");
        if (queries.SkippedCount + documents.SkippedCount > 0)
            channel.Warning($"{queries.SkippedCount} queries and {documents.SkippedCount} documents could not be used and were left out.");
        return (lists, unknown);
    }

    private RetrievalMetrics Create(RankedRelevance ranked, string queryName, EvaluationRows queries, string galleryName, EvaluationRows documents, long unknown) =>
        new(ranked, documents.Count, options, queryName, galleryName, relevance.Description)
        {
            SkippedQueryCount = queries.SkippedCount,
            SkippedDocumentCount = documents.SkippedCount,
            UnknownJudgementCount = unknown,
        };
}
