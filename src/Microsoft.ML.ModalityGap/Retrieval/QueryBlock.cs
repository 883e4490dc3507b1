using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>Some queries, packed, and their scores against one panel of an index: what a thread of a search works with.</summary>
internal sealed unsafe class QueryBlock : IDisposable
{
    /// <summary>The most queries: with some hundred dimensions they stay in the second-level cache.</summary>
    internal const int MaximumRows = 240;

    private readonly PanelStore _store;
    private readonly SimilarityMetric _metric;
    private readonly AlignedBuffer _packed;
    private readonly AlignedBuffer _decoded;
    private readonly AlignedBuffer _tile;
    private readonly AlignedBuffer _rows;
    private readonly delegate*<float*, float*, int, float*, nint, int, bool, void> _kernel = MatrixTile.GetKernel(MatrixTile.BestPath);

    internal QueryBlock(PanelStore store, int capacity, SimilarityMetric metric)
    {
        _store = store;
        _metric = metric;
        var panels = (capacity + MatrixTile.Rows - 1) / MatrixTile.Rows;
        _packed = new AlignedBuffer((nint)panels * MatrixTile.Rows * store.Dimension);
        _decoded = new AlignedBuffer(MatrixTile.Depth * MatrixTile.Columns);
        _tile = new AlignedBuffer(panels * MatrixTile.Rows * MatrixTile.Columns);
        _rows = new AlignedBuffer(MatrixTile.Rows * (nint)store.Dimension);
    }

    internal int Count { get; private set; }

    /// <summary>The scores of <see cref="Count"/> queries against the 32 rows of the panel last scored.</summary>
    internal ReadOnlySpan<float> Tile => new(_tile.Pointer, Count * MatrixTile.Columns);

    /// <summary>Takes queries, as the metric compares them.</summary>
    internal void Pack(ReadOnlySpan<float> queries)
    {
        var dimension = _store.Dimension;
        Count = queries.Length / dimension;
        for (var row = 0; row < Count; row += MatrixTile.Rows)
        {
            var height = Math.Min(MatrixTile.Rows, Count - row);
            for (var i = 0; i < height; i++)
            {
                var source = queries.Slice((row + i) * dimension, dimension);
                MetricRows.Prepare(_metric, source, new Span<float>(_rows.Pointer + i * (nint)dimension, dimension));
            }

            for (var first = 0; first < dimension; first += MatrixTile.Depth)
            {
                var depth = Math.Min(MatrixTile.Depth, dimension - first);
                MatrixPanels.PackVectors(_rows.Pointer + first, dimension, height, depth, GetPanel(row, first, depth), MatrixTile.Rows);
            }
        }
    }

    /// <summary>Scores all queries against a panel.</summary>
    internal void Score(int panel)
    {
        for (var first = 0; first < _store.Dimension; first += MatrixTile.Depth)
        {
            var depth = Math.Min(MatrixTile.Depth, _store.Dimension - first);
            var right = _store.GetPiece(panel, first, depth, _decoded.Pointer);
            for (var row = 0; row < Count; row += MatrixTile.Rows)
            {
                _kernel(
                    GetPanel(row, first, depth), right, depth, _tile.Pointer + row * MatrixTile.Columns, MatrixTile.Columns, Math.Min(MatrixTile.Rows, Count - row), first > 0);
            }
        }

        var scales = _store.GetScales(panel);
        if (scales.IsEmpty)
            return;
        for (var row = 0; row < Count; row++)
        {
            var scores = new Span<float>(_tile.Pointer + row * MatrixTile.Columns, MatrixTile.Columns);
            TensorPrimitives.Multiply(scores, scales, scores);
        }
    }

    public void Dispose()
    {
        _packed.Dispose();
        _decoded.Dispose();
        _tile.Dispose();
        _rows.Dispose();
    }

    /// <summary>All panels of a piece of k, then those of the next.</summary>
    private float* GetPanel(int row, int first, int depth)
    {
        var rows = (Count + MatrixTile.Rows - 1) / MatrixTile.Rows * MatrixTile.Rows;
        return _packed.Pointer + (nint)rows * first + (nint)row * depth;
    }
}
