namespace Microsoft.ML.ModalityGap;

/// <summary>An index's exact search on its way into an ONNX model: the queries' map, the product with every row, and the k best.</summary>
internal sealed record OnnxSearch : OnnxHead
{
    /// <summary>The scores of the k best rows, best first.</summary>
    internal const string Score = "score";

    /// <summary>Their places in the list of ids.</summary>
    internal const string Position = "position";

    // A model is one message of protobuf, of at most 2 GB; what is not rows takes far less than a hundredth.
    private const long LargestMatrix = int.MaxValue / 100 * 99L / sizeof(float);

    private readonly EmbeddingIndex _index;
    private readonly EmbeddingMap? _queryMap;
    private readonly float[] _rows;
    private readonly EmbeddingId[] _ids;
    private readonly int _count;

    /// <exception cref="ArgumentException">The graph cannot say what the index does, or the map does not lead to its rows.</exception>
    internal OnnxSearch(EmbeddingIndex index, EmbeddingMap? queryMap, int k)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        if (index.Options.Metric == SimilarityMetric.SignalToNoise)
            throw new ArgumentException($"A search by {nameof(SimilarityMetric.SignalToNoise)} cannot be written as ONNX; {nameof(SimilarityMetric.Cosine)} and {nameof(SimilarityMetric.Dot)} can.", nameof(index));
        if (index.Correction is not null)
        {
            throw new ArgumentException(
                "The index corrects its scores, which a product alone does not. Put the correction into the vectors: an index by Dot over rows of PrepareGallery, and a query map of PrepareQueries.", nameof(index));
        }

        if (queryMap is not null && queryMap.OutputDimension != index.Dimension)
            throw new ArgumentException($"The rows of the index have {index.Dimension} dimensions, but the query map leads to {queryMap.OutputDimension}.", nameof(queryMap));
        if (index.Count == 0)
            throw new ArgumentException("The index is empty: there is nothing to search.", nameof(index));
        CheckSize(index.Count, index.Dimension, nameof(index));
        (_index, _queryMap) = (index, queryMap);
        _rows = index.CopyRows(out _ids);
        _count = Math.Min(k, _ids.Length);
    }

    /// <exception cref="ArgumentException">Rows of so many dimensions do not fit into a model.</exception>
    internal static void CheckSize(long rows, int dimension, string parameter)
    {
        if (rows * dimension > LargestMatrix)
        {
            throw new ArgumentException(
                $"An ONNX model takes at most 2 GB, but {rows} rows of {dimension} float32 take {rows * dimension * sizeof(float) / 1e9:0.0}. Write one of each part, and merge the best of both.", parameter);
        }
    }

    internal override string What => "the search";

    internal override int InputDimension => _queryMap?.InputDimension ?? _index.Dimension;

    // The map's, whatever the index says of its rows: where the map came from is not known here.
    internal override string? Fingerprint => _queryMap is { } map ? MapFingerprint.Join([map]) : null;

    internal override string? OutputName => Score;

    internal override IReadOnlyList<OnnxHeadOutput> GetOutputs(string name) =>
        [new(name, OnnxFields.ElementType.Float32, _count), new(Position, OnnxFields.ElementType.Int64, _count)];

    internal override IReadOnlyList<string> AddTo(OnnxNodes nodes, string input)
    {
        var query = _queryMap is { } map ? map.AddTo(nodes, input) : input;
        if (_index.Options.Metric == SimilarityMetric.Cosine)
            query = nodes.AddUnitRows(query);
        var (score, position) = nodes.AddLargest(nodes.AddProduct(query, _rows, _ids.Length, _index.Dimension), _count);

        // A query without a direction finds nothing.
        return [score, nodes.Add("Where", [nodes.Add("IsNaN", [score]), nodes.Constant((ReadOnlySpan<long>)[-1L], 1), position])];
    }

    internal override IEnumerable<(string Key, string Value)> Describe(string name) =>
        OnnxMetadata.DescribeIds(name, _ids, _queryMap is { } map ? OnnxMetadata.DescribeMap(name, map, Fingerprint!, modality: null) : []);
}
