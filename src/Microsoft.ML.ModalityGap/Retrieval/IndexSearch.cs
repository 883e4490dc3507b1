namespace Microsoft.ML.ModalityGap;

/// <summary>One search of an index: what may be found, how it is ranked, and the neighbours in the end.</summary>
internal sealed class IndexSearch
{
    // Queries are searched in groups that find no more neighbours than this, so that a large k does not ask for much memory per thread.
    private const int GroupNeighbors = 1 << 20;

    // What bits propose where nothing is said.
    private const int CandidatesPerNeighbor = 20;
    private const int LeastCandidates = 200;

    private static readonly Neighbor[] _nothing = [];

    private readonly EmbeddingIndex _index;
    private readonly SearchOptions _options;
    private readonly Func<int, ReadOnlyMemory<int>>? _findCandidates;
    private readonly bool[]? _allowed;
    private readonly string? _queryModality;
    private readonly MatchCalibration? _calibration;

    /// <param name="index">The index.</param>
    /// <param name="options">The options.</param>
    /// <param name="findCandidates">The rows that are compared with a query, among them the options' modalities only; <see langword="null"/> for all rows.</param>
    internal IndexSearch(EmbeddingIndex index, SearchOptions options, Func<int, ReadOnlyMemory<int>>? findCandidates = null)
    {
        _index = index;
        _options = options;
        _findCandidates = findCandidates;
        if (options.Modalities is not null)
            index.Entries.CheckNames(options.Modalities);
        _allowed = options.Modalities is null || findCandidates is not null ? null : index.Entries.Mark(options.Modalities);
        if (options.IsAllowed is { } isAllowed)
        {
            if (options.Rescorer is not null)
                throw new ArgumentException($"A rescorer's terms are of all rows that are searched; it does not go with {nameof(SearchOptions.IsAllowed)}.", nameof(options));
            _allowed ??= [.. Enumerable.Repeat(true, index.Entries.Count)];
            for (var position = 0; position < _allowed.Length; position++)
                _allowed[position] = _allowed[position] && isAllowed(index.Entries.GetId(position));
        }

        (_queryModality, _calibration) = Check(index, options);
    }

    /// <summary>Refuses options that do not go with the index's correction; otherwise the modality the queries are corrected as, where they are, and its calibration.</summary>
    /// <exception cref="ArgumentException">The modality is missing or not known, there is a rescorer besides or under a metric it does not go with, or a probability is asked for that is not calibrated.</exception>
    internal static (string? QueryModality, MatchCalibration? Calibration) Check(EmbeddingIndex index, SearchOptions options)
    {
        if (options.Rescorer is not null && index.Noise is not null)
            throw new ArgumentException($"Rescorers correct cosines and dot products; they do not go with the metric {index.Options.Metric}.", nameof(options));
        string? queryModality = null;
        MatchCalibration? calibration = null;
        if (index.Options.Correction is { } correction && options.UseCorrection)
        {
            if (options.Rescorer is not null)
                throw new ArgumentException($"The index corrects similarities itself. Leave the rescorer out, or set {nameof(SearchOptions.UseCorrection)} to false.", nameof(options));
            queryModality = options.QueryModality ?? (correction.Modalities is [var only] ? only : throw new ArgumentException(
                $"The index corrects similarities by the modality of the queries: set {nameof(SearchOptions.QueryModality)} to one of '{string.Join("', '", correction.Modalities)}'.", nameof(options)));
            calibration = correction.FindCalibration(queryModality);
        }

        if (options.MinimumProbability is not null && calibration is null)
        {
            throw new ArgumentException(
                $"{nameof(SearchOptions.MinimumProbability)} needs an index whose correction is calibrated for the queries{(queryModality is null ? "" : $", '{queryModality}'")}; {nameof(SearchOptions.MinimumScore)} does not.", nameof(options));
        }

        return (queryModality, calibration);
    }

    /// <param name="queries">The queries, as they were given.</param>
    /// <param name="k">How many neighbours.</param>
    /// <param name="unusable">The queries that find nothing; <see langword="null"/> where all are good.</param>
    internal IReadOnlyList<IReadOnlyList<Neighbor>> Run(ReadOnlySpan<float> queries, int k, bool[]? unusable)
    {
        k = Math.Min(k, Math.Max(1, _index.Count));
        var terms = _queryModality is not null ? _index.Correction!.GetTerms(_queryModality) : _index.Noise?.GetTerms() ?? _options.Rescorer?.GetTerms(_index, _options, _allowed);
        var (variants, choices) = terms?.CreateVariants(k) ?? ([new ScoreVariant(k)], []);
        var scan = new PrunedScan(_index, variants, _allowed, _options);
        var result = new Neighbor[queries.Length / _index.Dimension][];
        var group = Math.Max(1, GroupNeighbors / variants.Max(variant => variant.K));
        for (var first = 0; first < result.Length; first += group)
        {
            var (count, offset) = (Math.Min(group, result.Length - first), first);
            var rows = queries.Slice(first * _index.Dimension, count * _index.Dimension);
            var bad = unusable is null ? [] : unusable.AsSpan(first..);
            TopK[] found;
            if (_findCandidates is not null)
                found = new CandidateScan(_index, variants, _options).Run(rows, bad, query => _findCandidates(offset + query));
            else if (FindByBits(rows, k) is { } nearest)
                found = new CandidateScan(_index, variants, _options).Run(rows, bad, query => nearest[query]);
            else
                found = scan.Run(rows);
            for (var i = 0; i < count; i++)
                result[first + i] = unusable?[first + i] == true ? _nothing : Collect(found, i, terms, choices, rows.Slice(i * _index.Dimension, _index.Dimension));
        }

        return result;
    }

    /// <summary>The rows that bits propose for each query; <see langword="null"/> where every row is compared.</summary>
    private int[][]? FindByBits(ReadOnlySpan<float> queries, int k)
    {
        var count = Math.Max(k, _options.ApproximateCandidates ?? Math.Max(LeastCandidates, CandidatesPerNeighbor * k));
        if (_index.Bits is not { } bits || !_options.UseFirstPass || count >= _index.Count)
            return null;
        var rows = new float[queries.Length];
        for (var first = 0; first < rows.Length; first += _index.Dimension)
            MetricRows.Prepare(_index.Options.Metric, queries.Slice(first, _index.Dimension), rows.AsSpan(first, _index.Dimension));
        return bits.FindNearest(_index.Store, rows, count, _allowed, _options.MaxDegreeOfParallelism);
    }

    private Neighbor[] Collect(TopK[] found, int query, RescoringTerms? terms, IReadOnlyList<int> choices, ReadOnlySpan<float> row) => terms is null
        ? Collect(found[0], query, shift: 0, divisor: 1)
        : Collect(
            found[terms.Choose(found[0], query, choices)], query, terms.GetShift(found[0], query, row, _index.Options.Metric),
            terms.OverSquaredNorm ? (float)MetricRows.GetSquaredNorm(_index.Options.Metric, row) : 1);

    private Neighbor[] Collect(TopK best, int query, float shift, float divisor)
    {
        var scores = best.GetScores(query);
        var positions = best.GetPositions(query);
        var neighbors = new Neighbor[scores.Length];
        for (var i = 0; i < neighbors.Length; i++)
        {
            var score = (scores[i] - shift) / divisor;
            var probability = _calibration?.GetProbability(score);

            // Both fall along the ranking, so that the first that does not do is the end.
            if (score < _options.MinimumScore || probability < _options.MinimumProbability)
                return neighbors[..i];
            neighbors[i] = new Neighbor(_index.Entries.GetId(positions[i]), score, _index.Entries.GetModality(positions[i]), positions[i], probability);
        }

        return neighbors;
    }
}
