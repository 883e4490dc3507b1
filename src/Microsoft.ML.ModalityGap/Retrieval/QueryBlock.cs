using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>Queries as floats, and their scores against the rows as they are held.</summary>
internal sealed unsafe class QueryBlock : IScoreBlock
{
    /// <summary>The most queries: with some hundred dimensions they stay in the second-level cache.</summary>
    internal const int MaximumRows = 240;

    private readonly PanelStore _store;
    private readonly SimilarityMetric _metric;
    private readonly AlignedBuffer _packed;
    private readonly AlignedBuffer _decoded;
    private readonly AlignedBuffer _tile;
    private readonly AlignedBuffer _rows;
    private readonly AlignedBuffer _room = new(MatrixTile.Depth * MatrixTile.Columns);
    private readonly SearchCounts? _counts;
    private LeftPanels _panels;
    private bool _readsHalves;
    private readonly delegate*<float*, float*, int, float*, nint, int, bool, float*, nint, void> _kernel = MatrixTile.GetKernel(MatrixTile.BestPath);

    internal QueryBlock(PanelStore store, int capacity, SimilarityMetric metric, SearchCounts? counts = null)
    {
        _counts = counts;
        _store = store;
        _metric = metric;
        var panels = (capacity + MatrixTile.Rows - 1) / MatrixTile.Rows;
        _packed = new AlignedBuffer(LeftPanels.GetLength(capacity, store.Dimension));
        _decoded = new AlignedBuffer(MatrixTile.Depth * MatrixTile.Columns);
        _tile = new AlignedBuffer(panels * MatrixTile.Rows * MatrixTile.Columns);
        _rows = new AlignedBuffer(MatrixTile.Rows * (nint)store.Dimension);
    }

    internal int Count { get; private set; }

    /// <inheritdoc/>
    public ReadOnlySpan<float> Tile => new(_tile.Pointer, Count * MatrixTile.Columns);

    /// <inheritdoc/>
    public void Pack(ReadOnlySpan<float> queries)
    {
        var dimension = _store.Dimension;
        Count = queries.Length / dimension;
        _panels = new LeftPanels(_packed.Pointer, Count, 0, dimension);
        _readsHalves = false;
        for (var row = 0; row < Count; row += MatrixTile.Rows)
        {
            var height = Math.Min(MatrixTile.Rows, Count - row);
            for (var i = 0; i < height; i++)
            {
                var source = queries.Slice((row + i) * dimension, dimension);
                MetricRows.Prepare(_metric, source, new Span<float>(_rows.Pointer + i * (nint)dimension, dimension));
            }

            _panels.Pack(_rows.Pointer, dimension, isTransposed: false, row, height);
        }

        // One query waits for the memory: its rows are not written out as floats first.
        if (Count != 1 || _store.Storage != IndexStorage.Float16 || _store.IsRowMajor || !HalfTile.IsSupported)
            return;
        var query = new Span<float>(_rows.Pointer, dimension);
        _readsHalves = MathF.Abs(TensorPrimitives.MaxMagnitude(query)) < HalfTile.QueryLimit;
        if (_readsHalves)
            TensorPrimitives.Multiply(query, HalfTile.QueryFactor, query);
    }

    /// <inheritdoc/>
    public ReadOnlySpan<float> Slacks => default;

    /// <inheritdoc/>
    public void Score(int panel)
    {
        for (var first = 0; first < _store.Dimension; first += MatrixTile.Depth)
        {
            var depth = Math.Min(MatrixTile.Depth, _store.Dimension - first);
            if (_readsHalves)
            {
                HalfTile.MultiplyRow(_rows.Pointer + first, _store.GetHalves(panel) + (nint)first * MatrixTile.Columns, depth, _tile.Pointer, first > 0);
                continue;
            }

            Multiply(_store.GetPiece(panel, first, depth, _decoded.Pointer, _room.Pointer), first);
        }

        _counts?.AddPanel(_store.PanelBytes, (Count + MatrixTile.Rows - 1) / MatrixTile.Rows * ((_store.Dimension + MatrixTile.Depth - 1) / MatrixTile.Depth));
        var scales = _store.GetScales(panel);
        if (scales.IsEmpty)
            return;
        for (var row = 0; row < Count; row++)
        {
            var scores = new Span<float>(_tile.Pointer + row * MatrixTile.Columns, MatrixTile.Columns);
            TensorPrimitives.Multiply(scores, scales, scores);
        }
    }

    /// <summary>Scores the first query against up to 32 rows that lie anywhere, the same bit for bit as in their panels.</summary>
    internal void ScoreRows(ReadOnlySpan<int> positions)
    {
        var vectors = stackalloc float*[MatrixTile.Columns];
        for (var first = 0; first < _store.Dimension; first += MatrixTile.Depth)
        {
            var depth = Math.Min(MatrixTile.Depth, _store.Dimension - first);
            _store.FindVectors(positions, first, depth, vectors, _room.Pointer);
            GatheredTile.MultiplyRow(_packed.Pointer + LeftPanels.GetLength(Count, first), vectors, positions.Length, depth, _tile.Pointer, first > 0);
        }

        _counts?.AddRescored(positions.Length);
        if (_store.Storage != IndexStorage.Int8)
            return;
        for (var lane = 0; lane < positions.Length; lane++)
            _tile.Pointer[lane] *= _store.GetScale(positions[lane]);
    }

    private void Multiply(float* right, int first) => _panels.Multiply(_kernel, 0, Count, right, first, _tile.Pointer, MatrixTile.Columns, first > 0, _tile.Pointer, MatrixTile.Columns);

    public void Dispose()
    {
        _packed.Dispose();
        _decoded.Dispose();
        _tile.Dispose();
        _rows.Dispose();
        _room.Dispose();
    }
}
