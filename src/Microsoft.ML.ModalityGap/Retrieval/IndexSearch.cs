namespace Microsoft.ML.ModalityGap;

/// <summary>One search of an index: what may be found, how it is ranked, and the neighbours in the end.</summary>
internal sealed class IndexSearch
{
    private static readonly Neighbor[] _nothing = [];

    private readonly EmbeddingIndex _index;
    private readonly SearchOptions _options;
    private readonly bool[]? _allowed;

    internal IndexSearch(EmbeddingIndex index, SearchOptions options)
    {
        _index = index;
        _options = options;
        _allowed = options.Modalities is null ? null : index.Entries.Mark(options.Modalities);
    }

    /// <param name="queries">The queries, as they were given.</param>
    /// <param name="k">How many neighbours.</param>
    /// <param name="unusable">The queries that find nothing; <see langword="null"/> where all are good.</param>
    internal IReadOnlyList<IReadOnlyList<Neighbor>> Run(ReadOnlySpan<float> queries, int k, bool[]? unusable)
    {
        var count = queries.Length / _index.Dimension;
        k = Math.Min(k, Math.Max(1, _index.Count));
        var result = new Neighbor[count][];
        if (_options.Rescorer is not { } rescorer)
        {
            var best = Scan([new ScoreVariant(k)], queries)[0];
            for (var query = 0; query < count; query++)
                result[query] = unusable?[query] == true ? _nothing : Collect(best, query, shift: 0);
            return result;
        }

        var terms = rescorer.GetTerms(_index, _options, _allowed);
        var (variants, choices) = terms.CreateVariants(k);
        var found = Scan(variants, queries);
        for (var query = 0; query < count; query++)
        {
            if (unusable?[query] == true)
            {
                result[query] = _nothing;
                continue;
            }

            var row = queries.Slice(query * _index.Dimension, _index.Dimension);
            result[query] = Collect(found[terms.Choose(found[0], query, choices)], query, terms.GetShift(found[0], query, row, _index.Normalizes));
        }

        return result;
    }

    /// <summary>The best by position, for what works on positions.</summary>
    internal TopK Scan(ReadOnlySpan<float> queries, int k) => Scan([new ScoreVariant(k)], queries)[0];

    private TopK[] Scan(IReadOnlyList<ScoreVariant> variants, ReadOnlySpan<float> queries) =>
        new IndexScan(_index.Store, _index.Normalizes, variants, _allowed, _options.MaxDegreeOfParallelism).Run(queries);

    private Neighbor[] Collect(TopK best, int query, float shift)
    {
        var scores = best.GetScores(query);
        var positions = best.GetPositions(query);
        var neighbors = new Neighbor[scores.Length];
        for (var i = 0; i < neighbors.Length; i++)
            neighbors[i] = new Neighbor(_index.Entries.GetId(positions[i]), scores[i] - shift, _index.Entries.GetModality(positions[i]), positions[i]);
        return neighbors;
    }
}
