using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Microsoft.ML.ModalityGap;

/// <summary>Queries as codes, and what the rows of a panel can score with them at most (<see cref="CodeStore"/>).</summary>
internal sealed unsafe class CodeBlock : IScoreBlock
{
    // Added to every bound: beyond what vanishes in sums of floats that are bounded.
    private const float Least = 7.8886e-31f;

    private readonly CodeStore _rows;
    private readonly SimilarityMetric _metric;
    private readonly SearchCounts? _counts;
    private readonly CodeTilePath _path;
    private readonly int _dimension;
    private readonly AlignedBuffer _packed;
    private readonly AlignedBuffer _prepared;
    private readonly AlignedBuffer _sums;
    private readonly AlignedBuffer _tile;
    private readonly QueryBounds[] _bounds;
    private float _chainNorm;
    private int _count;

    internal CodeBlock(CodeStore rows, int capacity, SimilarityMetric metric, SearchCounts? counts, CodeTilePath path)
    {
        (_rows, _metric, _counts, _path) = (rows, metric, counts, path);
        _dimension = CodeTile.PadDimension(rows.Codes.Dimension);
        var height = (capacity + CodeTile.Rows - 1) / CodeTile.Rows * CodeTile.Rows;
        _packed = new AlignedBuffer((nint)height * _dimension / sizeof(float));
        _prepared = new AlignedBuffer(CodeTile.GetPreparedLength(_dimension / CodeTile.Quad));
        _sums = new AlignedBuffer(height * MatrixTile.Columns);
        _tile = new AlignedBuffer(height * MatrixTile.Columns);
        _bounds = new QueryBounds[capacity];
    }

    public ReadOnlySpan<float> Tile => new(_tile.Pointer, _count * MatrixTile.Columns);

    public void Pack(ReadOnlySpan<float> queries)
    {
        var dimension = _rows.Codes.Dimension;
        _count = queries.Length / dimension;
        _chainNorm = 0;
        var row = new float[dimension];
        var codes = new sbyte[_dimension];
        var (limit, offset) = (CodeTile.GetQueryLimit(_path), CodeTile.GetOffset(_path));
        new Span<byte>(_packed.Pointer, (_count + CodeTile.Rows - 1) / CodeTile.Rows * CodeTile.Rows * _dimension).Fill((byte)offset);
        for (var i = 0; i < _count; i++)
        {
            MetricRows.Prepare(_metric, queries.Slice(i * dimension, dimension), row);
            _bounds[i] = Quantize(row, limit, codes);
            _chainNorm = Math.Max(_chainNorm, CodeTile.ChainNorm(codes));
            var target = (byte*)_packed.Pointer + (nint)(i / CodeTile.Rows) * CodeTile.Rows * _dimension + i % CodeTile.Rows * CodeTile.Quad;
            for (var k = 0; k < _dimension; k++)
                target[k / CodeTile.Quad * CodeTile.Rows * CodeTile.Quad + k % CodeTile.Quad] = (byte)(codes[k] + offset);
        }
    }

    public void Score(int panel)
    {
        var codes = _rows.Codes.GetCodes(panel);
        var quads = _dimension / CodeTile.Quad;
        var longChains = CodeTile.IsPaired(_path) && _chainNorm * _rows.GetChainNorm(panel) < CodeTile.ChainLimit - 1;
        var kernel = CodeTile.GetKernel(_path, longChains);
        CodeTile.Prepare(_path, longChains, codes, quads, (int*)_prepared.Pointer);
        for (var row = 0; row < _count; row += CodeTile.Rows)
        {
            kernel(
                (byte*)_packed.Pointer + (nint)row * _dimension, codes, quads, (int*)_prepared.Pointer, (int*)_sums.Pointer + row * MatrixTile.Columns, Math.Min(CodeTile.Rows, _count - row));
        }

        Bound(_rows.Codes.GetScales(panel), _rows.GetErrors(panel), _rows.GetNorms(panel));
        _counts?.AddPanel(_rows.Codes.PanelBytes, (_count + CodeTile.Rows - 1) / CodeTile.Rows);
    }

    public void Dispose()
    {
        _packed.Dispose();
        _prepared.Dispose();
        _sums.Dispose();
        _tile.Dispose();
    }

    private static QueryBounds Quantize(ReadOnlySpan<float> query, int limit, Span<sbyte> codes)
    {
        var scale = MathF.Abs(TensorPrimitives.MaxMagnitude(query)) / limit;
        var (square, residual) = (0.0, 0.0);
        for (var k = 0; k < query.Length; k++)
        {
            codes[k] = scale == 0 ? (sbyte)0 : (sbyte)MathF.Round(Math.Clamp(query[k] / scale, -limit, limit));
            var difference = query[k] - (double)scale * codes[k];
            square += (double)query[k] * query[k];
            residual += difference * difference;
        }

        var (norm, error) = (Math.Sqrt(square), Math.Sqrt(residual));

        // The bound itself is computed in float: a few roundings of a sum that is below ‖q̂‖·‖ĝ‖.
        return new QueryBounds(scale, (float)(norm * CodeStore.RoundUp), (float)((error + 2 * (CodeStore.RoundUp - 1) * (norm + error)) * CodeStore.RoundUp));
    }

    private void Bound(ReadOnlySpan<float> scales, ReadOnlySpan<float> errors, ReadOnlySpan<float> norms)
    {
        var width = Vector<float>.Count;
        for (var lane = 0; lane < MatrixTile.Columns; lane += width)
        {
            var (scale, error, norm) = (new Vector<float>(scales[lane..]), new Vector<float>(errors[lane..]), new Vector<float>(norms[lane..]));
            var sums = (int*)_sums.Pointer + lane;
            var tile = _tile.Pointer + lane;
            for (var i = 0; i < _count; i++, sums += MatrixTile.Columns, tile += MatrixTile.Columns)
            {
                ref readonly var query = ref _bounds[i];
                var score = Vector.ConvertToSingle(Vector.Load(sums)) * scale * new Vector<float>(query.Scale);
                var slack = error * new Vector<float>(query.Norm) + norm * new Vector<float>(query.Error) + new Vector<float>(Least);
                (score + slack).Store(tile);
            }
        }
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct QueryBounds(float Scale, float Norm, float Error);
}
