using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Microsoft.ML.ModalityGap;

/// <summary>Queries as codes, and what the rows of a panel can score with them at most (<see cref="CodeStore"/>).</summary>
internal sealed unsafe class CodeBlock : IScoreBlock
{
    // Of a product of two norms, each a root that was rounded.
    private const float SafeChainLimit = CodeTile.ChainLimit - 1;

    // Added to every bound: beyond what vanishes in sums of floats that are bounded.
    private const float Least = 7.8886e-31f;

    // A bound allows for errors that point all one way. They do not: scores lie below their bounds by what was allowed, give or take a little, and so does the k-th.
    private const float UsualSlack = 1.25f;

    // How much coarser a query's codes may become for long chains to hold: a few more rows are compared again, at a quarter less work for every row.
    private const float LeastPart = 0.75f;

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
    private readonly float _slackOfNorm;
    private readonly float _slackOfError;
    private readonly float[] _slacks;
    private float _chainNorm;
    private int _count;

    /// <param name="rows">The rows' codes.</param>
    /// <param name="capacity">The most queries.</param>
    /// <param name="metric">What is compared.</param>
    /// <param name="counts">Where to count; <see langword="null"/> for nowhere.</param>
    /// <param name="path">The kernel.</param>
    /// <param name="isCautious">Whether slack is what bounds can exceed scores by, and not what they mostly do.</param>
    internal CodeBlock(CodeStore rows, int capacity, SimilarityMetric metric, SearchCounts? counts, CodeTilePath path, bool isCautious)
    {
        (_rows, _metric, _counts, _path) = (rows, metric, counts, path);
        (_slackOfNorm, _slackOfError) = isCautious ? (2 * rows.MaximumError, 2 * rows.MaximumNorm) : (UsualSlack * rows.MeanError, UsualSlack * rows.MeanNorm);
        _dimension = CodeTile.PadDimension(rows.Codes.Dimension);
        var height = (capacity + CodeTile.Rows - 1) / CodeTile.Rows * CodeTile.Rows;
        _packed = new AlignedBuffer((nint)height * _dimension / sizeof(float));
        _prepared = new AlignedBuffer(CodeTile.GetPreparedLength(_dimension / CodeTile.Quad));
        _sums = new AlignedBuffer(height * MatrixTile.Columns);
        _tile = new AlignedBuffer(height * MatrixTile.Columns);
        _bounds = new QueryBounds[capacity];
        _slacks = new float[capacity];
    }

    public ReadOnlySpan<float> Tile => new(_tile.Pointer, _count * MatrixTile.Columns);

    public ReadOnlySpan<float> Slacks => _slacks.AsSpan(0, _count);

    public void Pack(ReadOnlySpan<float> queries)
    {
        var dimension = _rows.Codes.Dimension;
        _count = queries.Length / dimension;
        _chainNorm = 0;
        float[] row = new float[dimension], values = new float[dimension], residuals = new float[dimension];
        var codes = new sbyte[_dimension];
        var (limit, offset) = (CodeTile.GetQueryLimit(_path), CodeTile.GetOffset(_path));
        new Span<byte>(_packed.Pointer, (_count + CodeTile.Rows - 1) / CodeTile.Rows * CodeTile.Rows * _dimension).Fill((byte)offset);
        for (var i = 0; i < _count; i++)
        {
            MetricRows.Prepare(_metric, queries.Slice(i * dimension, dimension), row);
            _bounds[i] = Quantize(row, limit, values, residuals, codes);
            var chainNorm = CodeTile.ChainNorm(codes);
            if (CodeTile.IsPaired(_path) && SafeChainLimit / (_rows.MaximumChainNorm * chainNorm) is var part and < 1 and >= LeastPart)
            {
                _bounds[i] = Quantize(row, (int)(part * limit), values, residuals, codes);
                chainNorm = CodeTile.ChainNorm(codes);
            }

            _chainNorm = Math.Max(_chainNorm, chainNorm);
            _slacks[i] = _slackOfNorm * _bounds[i].Norm + _slackOfError * _bounds[i].Error;
            var target = (byte*)_packed.Pointer + (nint)(i / CodeTile.Rows) * CodeTile.Rows * _dimension + i % CodeTile.Rows * CodeTile.Quad;
            for (var k = 0; k < dimension; k++)
                target[k / CodeTile.Quad * CodeTile.Rows * CodeTile.Quad + k % CodeTile.Quad] = (byte)(codes[k] + offset);
        }
    }

    public void Score(int panel)
    {
        var codes = _rows.Codes.GetCodes(panel);
        var quads = _dimension / CodeTile.Quad;
        var longChains = CodeTile.IsPaired(_path) && _chainNorm * _rows.GetChainNorm(panel) < SafeChainLimit;
        var kernel = CodeTile.GetKernel(_path, longChains);
        CodeTile.Prepare(_path, longChains, codes, quads, (int*)_prepared.Pointer);
        for (var row = 0; row < _count; row += CodeTile.Rows)
        {
            kernel(
                (byte*)_packed.Pointer + (nint)row * _dimension, codes, quads, (int*)_prepared.Pointer, (int*)_sums.Pointer + row * MatrixTile.Columns, Math.Min(CodeTile.Rows, _count - row));
        }

        Bound(_rows.Codes.GetScales(panel), _rows.GetErrors(panel), _rows.GetNorms(panel));
        _counts?.AddPanel(_rows.Codes.PanelBytes, (_count + CodeTile.Rows - 1) / CodeTile.Rows);
        if (longChains)
            _counts?.AddLongChains();
    }

    public void Dispose()
    {
        _packed.Dispose();
        _prepared.Dispose();
        _sums.Dispose();
        _tile.Dispose();
    }

    /// <summary>Writes a query's codes, and by the way the whole numbers they are and what they leave of it.</summary>
    private static QueryBounds Quantize(ReadOnlySpan<float> query, int limit, Span<float> values, Span<float> residuals, Span<sbyte> codes)
    {
        var scale = MathF.Abs(TensorPrimitives.MaxMagnitude(query)) / limit;
        if (scale == 0)
        {
            codes.Clear();
            return default;
        }

        TensorPrimitives.Multiply(query, 1 / scale, values);
        TensorPrimitives.Round(values, values);
        TensorPrimitives.FusedMultiplyAdd(values, -scale, query, residuals);
        for (var k = 0; k < query.Length; k++)
            codes[k] = (sbyte)values[k];

        // Norms are upper bounds of what they are called: at most a rounding for every value is added.
        var rounding = 1 + (query.Length + 8.0) / (1 << 24);
        var (norm, error) = (Math.Sqrt(TensorPrimitives.SumOfSquares(query)) * rounding, Math.Sqrt(TensorPrimitives.SumOfSquares<float>(residuals)) * rounding);

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
                var slack = Vector.MultiplyAddEstimate(error, new Vector<float>(query.Norm), Vector.MultiplyAddEstimate(norm, new Vector<float>(query.Error), new Vector<float>(Least)));
                Vector.MultiplyAddEstimate(Vector.ConvertToSingle(Vector.Load(sums)) * scale, new Vector<float>(query.Scale), slack).Store(tile);
            }
        }
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct QueryBounds(float Scale, float Norm, float Error);
}
