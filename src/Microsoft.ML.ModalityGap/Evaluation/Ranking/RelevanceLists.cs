namespace Microsoft.ML.ModalityGap;

/// <summary>Which documents are relevant to which query, and how much: per query a list of document numbers with grades above 0.</summary>
internal sealed class RelevanceLists
{
    private readonly int[] _starts;
    private readonly int[] _documents;
    private readonly float[] _grades;

    private RelevanceLists(int[] starts, int[] documents, float[] grades, int documentCount)
    {
        _starts = starts;
        _documents = documents;
        _grades = grades;
        DocumentCount = documentCount;
    }

    internal int QueryCount => _starts.Length - 1;

    internal int DocumentCount { get; }

    /// <summary>Where each query's list begins, and the end of the last.</summary>
    internal ReadOnlySpan<int> Starts => _starts;

    internal ReadOnlySpan<int> Documents => _documents;

    internal ReadOnlySpan<float> Grades => _grades;

    /// <summary>Document i is what query i looks for.</summary>
    internal static RelevanceLists ByRow(int count) => FromOne([.. Enumerable.Range(0, count)], count);

    /// <summary>One relevant document per query, of grade 1; −1 for none.</summary>
    internal static RelevanceLists FromOne(ReadOnlySpan<int> documents, int documentCount)
    {
        var entries = new List<(int, int, float)>(documents.Length);
        for (var query = 0; query < documents.Length; query++)
        {
            if (documents[query] >= 0)
                entries.Add((query, documents[query], 1));
        }

        return FromEntries(entries, documents.Length, documentCount);
    }

    /// <summary>From pairs of a query and a document in any order, none twice; entries of grade 0 count as not relevant.</summary>
    internal static RelevanceLists FromEntries(IReadOnlyList<(int Query, int Document, float Grade)> entries, int queryCount, int documentCount)
    {
        var starts = new int[queryCount + 1];
        foreach (var (query, _, grade) in entries)
            starts[query + 1] += grade > 0 ? 1 : 0;
        for (var query = 0; query < queryCount; query++)
            starts[query + 1] += starts[query];

        var (documents, grades) = (new int[starts[^1]], new float[starts[^1]]);
        var next = starts[..^1];
        foreach (var (query, document, grade) in entries)
        {
            if (grade <= 0)
                continue;
            documents[next[query]] = document;
            grades[next[query]++] = grade;
        }

        return new RelevanceLists(starts, documents, grades, documentCount);
    }

    /// <summary>The same without the documents that another list has for the same query.</summary>
    internal RelevanceLists Without(RelevanceLists? others)
    {
        if (others is null)
            return this;
        var entries = new List<(int, int, float)>(_documents.Length);
        var leftOut = new HashSet<int>();
        for (var query = 0; query < QueryCount; query++)
        {
            leftOut.Clear();
            leftOut.UnionWith(others._documents.AsSpan(others._starts[query]..others._starts[query + 1]).ToArray());
            for (var entry = _starts[query]; entry < _starts[query + 1]; entry++)
            {
                if (!leftOut.Contains(_documents[entry]))
                    entries.Add((query, _documents[entry], _grades[entry]));
            }
        }

        return FromEntries(entries, QueryCount, DocumentCount);
    }

    /// <summary>The same with queries and documents exchanged.</summary>
    internal RelevanceLists Transpose()
    {
        var entries = new (int, int, float)[_documents.Length];
        for (var query = 0; query < QueryCount; query++)
        {
            for (var entry = _starts[query]; entry < _starts[query + 1]; entry++)
                entries[entry] = (_documents[entry], query, _grades[entry]);
        }

        return FromEntries(entries, DocumentCount, QueryCount);
    }
}
