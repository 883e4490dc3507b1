using System.CommandLine;
using System.Globalization;

namespace Microsoft.ML.ModalityGap.Tool;

using Command = System.CommandLine.Command; // Microsoft.ML.Command is a namespace

/// <summary>What <c>evaluate</c> measures of retrieval: the one place that reads <c>--k</c>, <c>--ids</c>, <c>--judgements</c>, <c>--mixed</c> and <c>--query</c>.</summary>
internal sealed class RetrievalOptions
{
    private readonly Option<string> _cutoffs = new("--k")
    {
        Description = "The k's of recall@k and the other measures of the first k; default 1,5,10. With --mixed the last one is that of the shares.",
        HelpName = "numbers",
    };

    private readonly IdOptions _ids = new();

    private readonly Option<string> _judgements = new("--judgements")
    {
        Description = "With --ids: what is relevant, in lines 'query document grade' (or TREC's four fields), queries being of the first modality, or of --query. Default: equal ids.",
        HelpName = "file",
    };

    private readonly Option<string> _leaveOutOwn = new("--leave-out-own")
    {
        Description = "With --ids: leave each query's own document out of its gallery: the one in the same row, where a file is searched with itself; or, with --judgements, those of the same id (BEIR's rule).",
        HelpName = "row|id",
    };

    private readonly Option<bool> _mixed = new("--mixed")
    {
        Description = "Measure retrieval from one gallery of all modalities: NDCG, and the share and rank bias of each. Without --query, half of the pairs are searched by one member each; with --ids, items are shown by either modality and searched by another row (two-sided).",
    };

    private readonly Option<string> _query = new("--query")
    {
        Description = "With --mixed: the queries, such as text=queries.npy; the modalities given are then the gallery, and the name says which map applies.",
        HelpName = "name=file",
    };

    private readonly Option<string> _queryIds = new("--query-ids")
    {
        Description = "The ids of the queries, one a line. Default: the number of the row, from 0.",
        HelpName = "file",
    };

    private readonly Option<bool> _full = new("--full")
    {
        Description = "Also uniformity across modalities, effective rank, hubness, and how the cosines of pairs, of strangers and within each modality are distributed.",
    };

    internal void AddTo(Command command)
    {
        command.Options.Add(_cutoffs);
        _ids.AddTo(command);
        foreach (var option in new Option[] { _judgements, _leaveOutOwn, _mixed, _query, _queryIds, _full })
            command.Options.Add(option);
    }

    internal bool IsMixed(ParseResult result) => result.GetValue(_mixed);

    internal bool IsFull(ParseResult result) => result.GetValue(_full);

    /// <summary>Whether rows belong together by ids, so that modalities may have any number of rows.</summary>
    internal bool HasIds(ParseResult result) => _ids.IsGiven(result);

    /// <exception cref="UsageException">The options do not go together.</exception>
    internal void Check(ParseResult result, bool hasHoldout)
    {
        var (ids, query) = (HasIds(result), result.GetValue(_query) is not null);
        if (query && !IsMixed(result))
            throw new UsageException("--query goes with --mixed.");
        if (result.GetValue(_queryIds) is not null && !query)
            throw new UsageException("--query-ids goes with --query.");
        if (result.GetValue(_judgements) is not null && !ids)
            throw new UsageException("--judgements name ids; give them with --ids name=file for each modality.");
        if (GetOwnDocuments(result) is var own && own != OwnDocuments.Keep && (!ids || IsMixed(result)))
            throw new UsageException("--leave-out-own goes with --ids, and without --mixed.");
        if (own == OwnDocuments.LeaveOutSameId && result.GetValue(_judgements) is null)
            throw new UsageException("--leave-out-own id goes with --judgements: without them the documents of a query's id are those it looks for. --leave-out-own row leaves out the one in its row.");
        if (ids && IsMixed(result) && !query && result.GetValue(_judgements) is not null)
            throw new UsageException("--judgements name queries and documents, but a two-sided gallery (--mixed with --ids) draws its own; give --query name=file, or leave --judgements out.");
        if (hasHoldout && (ids || query))
            throw new UsageException($"--holdout takes rows that belong together, which {(query ? "--query" : "--ids")} says they do not; fit apart and give --map.");
        if (IsFull(result) && (IsMixed(result) || ids))
            throw new UsageException("--full is of the gap between pairs; with --mixed and --ids all measures of retrieval are printed anyway.");
    }

    /// <summary>What becomes of a query's own document.</summary>
    internal OwnDocuments GetOwnDocuments(ParseResult result) => result.GetValue(_leaveOutOwn) switch
    {
        null => OwnDocuments.Keep,
        "row" => OwnDocuments.LeaveOutSameRow,
        "id" => OwnDocuments.LeaveOutSameId,
        var other => throw new UsageException($"--leave-out-own takes row or id, but '{other}' was given."),
    };

    internal IReadOnlyList<int> GetCutoffs(ParseResult result)
    {
        if (result.GetValue(_cutoffs) is not { } text)
            return [1, 5, 10];
        var cutoffs = text.Split(',', StringSplitOptions.TrimEntries)
            .Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var k) && k > 0 ? k : 0).Distinct().Order().ToArray();
        return cutoffs[0] > 0 ? cutoffs : throw new UsageException($"--k takes positive numbers, such as 1,5,10, but '{text}' was given.");
    }

    /// <inheritdoc cref="IdOptions.Read" />
    internal IReadOnlyDictionary<string, string[]> ReadIds(ParseResult result, ModalityInput input) => _ids.Read(result, input);

    /// <summary>The queries of a mixed gallery; <see langword="null"/> without <c>--query</c>.</summary>
    internal (string Name, string Path)? GetQuery(ParseResult result) =>
        result.GetValue(_query) is { } specification ? NamedFile.Parse(_query.Name, specification, "text=queries.npy") : null;

    internal string[]? ReadQueryIds(ParseResult result, long rowCount, string path) =>
        result.GetValue(_queryIds) is { } file ? TextLines.ReadIds(file, rowCount, path) : null;

    /// <summary>What is relevant to what, by the ids of all queries and all documents in their order.</summary>
    internal Relevance CreateRelevance(ParseResult result, IReadOnlyList<string> queryIds, IReadOnlyList<string> documentIds) => result.GetValue(_judgements) is { } path
        ? Relevance.ByJudgements(queryIds, documentIds, Relevance.ReadJudgements(path))
        : Relevance.ById(queryIds, documentIds);
}
