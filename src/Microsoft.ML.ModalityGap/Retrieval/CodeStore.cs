using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>The int8 codes of rows, and how far a score by codes can be from that of the row itself.</summary>
/// <remarks>
/// <para>Of a row g there are its codes ĝ = scale·c, of a query q̂. By Cauchy and Schwarz q·g − q̂·ĝ = q·(g − ĝ) + (q − q̂)·ĝ ≤ ‖q‖·‖g − ĝ‖ + ‖q − q̂‖·‖ĝ‖. The score of the row itself is a sum in float, which is off by
/// γ·‖q‖·‖g‖ at most; γ counts its roundings. So score ≤ q̂·ĝ + ‖q‖·a(g) + ‖q − q̂‖·b(g) with <see cref="GetErrors"/> a(g) = ‖g − ĝ‖ + γ·‖g‖ and <see cref="GetNorms"/> b(g) = ‖ĝ‖, each rounded up.</para>
/// <para>That holds while nothing overflows or vanishes: norms from 2⁻⁴⁰ to 2⁴⁰, or zero. With a row outside that there are no bounds (<see cref="HasBounds"/>).</para>
/// </remarks>
internal sealed class CodeStore
{
    /// <summary>What sums are rounded up by: sixteen times the half of a float's last digit.</summary>
    internal const double RoundUp = 1 + 1.0 / (1 << 20);

    private const double LargestNorm = 1.0995116e12;
    private const double SmallestNorm = 1 / LargestNorm;

    private readonly double _rounding;
    private readonly bool _ownsRows;
    private float[] _errors = [];
    private float[] _norms = [];
    private float[] _chainNorms = [];
    private double _errorSum;
    private double _normSum;
    private int _unbounded;

    /// <summary>Codes beside rows of another form, or of rows that are codes themselves.</summary>
    /// <param name="rows">The rows; their codes where they are held as int8.</param>
    internal CodeStore(PanelStore rows)
    {
        _ownsRows = rows.Storage != IndexStorage.Int8;
        Codes = _ownsRows ? new PanelStore(rows.Dimension, IndexStorage.Int8) : rows;

        // A chain of multiply-adds, each perhaps two roundings, the sum of the pieces, and the scale.
        var pieces = (rows.Dimension + MatrixTile.Depth - 1) / MatrixTile.Depth;
        _rounding = 2.0 * (Math.Min(rows.Dimension, MatrixTile.Depth) + pieces + 4) / (1 << 24);
    }

    internal PanelStore Codes { get; }

    /// <summary>Whether every row has bounds.</summary>
    internal bool HasBounds => _unbounded == 0;

    /// <summary>The mean of a(g) over the rows.</summary>
    internal float MeanError => (float)(_errorSum / Math.Max(1, Codes.Count));

    /// <summary>The mean of b(g).</summary>
    internal float MeanNorm => (float)(_normSum / Math.Max(1, Codes.Count));

    /// <summary>The largest a(g) that there was.</summary>
    internal float MaximumError { get; private set; }

    /// <summary>The largest b(g) that there was.</summary>
    internal float MaximumNorm { get; private set; }

    /// <summary>The largest <see cref="CodeTile.ChainNorm"/> that there was.</summary>
    internal float MaximumChainNorm { get; private set; }

    /// <summary>Whether bounds hold for vectors of a norm.</summary>
    internal static bool IsBounded(double norm) => norm is 0 or (>= SmallestNorm and <= LargestNorm);

    /// <summary>a(g) of a panel's rows.</summary>
    internal ReadOnlySpan<float> GetErrors(int panel) => _errors.AsSpan(panel * MatrixTile.Columns, MatrixTile.Columns);

    /// <summary>b(g) of a panel's rows.</summary>
    internal ReadOnlySpan<float> GetNorms(int panel) => _norms.AsSpan(panel * MatrixTile.Columns, MatrixTile.Columns);

    /// <summary>The largest <see cref="CodeTile.ChainNorm"/> of a panel's rows.</summary>
    internal float GetChainNorm(int panel) => TensorPrimitives.Max<float>(_chainNorms.AsSpan(panel * MatrixTile.Columns, MatrixTile.Columns));

    /// <summary>Takes a row that was appended to the rows, as they hold it.</summary>
    internal void Append(ReadOnlySpan<float> row)
    {
        if (_ownsRows)
            Codes.Append(row);
        Measure(Codes.Count - 1, row);
    }

    /// <summary>Takes the row that is in the place of another now.</summary>
    internal void Write(int position, ReadOnlySpan<float> row)
    {
        if (_ownsRows)
            Codes.Write(position, row);
        Measure(position, row);
    }

    /// <summary>Takes all rows, after they were read from a file.</summary>
    internal void Fill(PanelStore rows)
    {
        var row = new float[rows.Dimension];
        for (var position = 0; position < rows.Count; position++)
        {
            rows.Read(position, row);
            if (_ownsRows)
                Codes.Append(row);
            Measure(position, row);
        }
    }

    /// <summary>Keeps the rows that are not marked; of rows that are codes, after they were removed there.</summary>
    internal void RemoveMarked(ReadOnlySpan<bool> marked)
    {
        if (_ownsRows)
            Codes.RemoveMarked(marked);
        var kept = 0;
        for (var position = 0; position < marked.Length; position++)
        {
            if (marked[position])
                continue;
            (_errors[kept], _norms[kept], _chainNorms[kept]) = (_errors[position], _norms[position], _chainNorms[position]);
            kept++;
        }

        foreach (var values in (float[][])[_errors, _norms, _chainNorms])
            values.AsSpan(kept).Clear();
        _unbounded = _norms.Count(float.IsPositiveInfinity);
        _errorSum = _errors.Sum(error => (double)error);
        _normSum = _norms.Where(float.IsFinite).Sum(norm => (double)norm);
    }

    private void Measure(int position, ReadOnlySpan<float> row)
    {
        if (position >= _norms.Length)
        {
            var length = Math.Max(Codes.ChunkCount * PanelStore.ChunkRows, _norms.Length + _norms.Length / 2 / PanelStore.ChunkRows * PanelStore.ChunkRows);
            Array.Resize(ref _errors, length);
            Array.Resize(ref _norms, length);
            Array.Resize(ref _chainNorms, length);
        }

        var padded = CodeTile.PadDimension(row.Length);
        Span<sbyte> codes = padded <= 4096 ? stackalloc sbyte[padded] : new sbyte[padded];
        Codes.ReadCodes(position, codes);
        var scale = (double)Codes.GetScale(position);
        var (square, held, residual) = (0.0, 0L, 0.0);
        for (var k = 0; k < row.Length; k++)
        {
            var difference = row[k] - scale * codes[k];
            square += (double)row[k] * row[k];
            residual += difference * difference;
            held += codes[k] * codes[k];
        }

        var wasUnbounded = float.IsPositiveInfinity(_norms[position]);
        var isUnbounded = !IsBounded(Math.Sqrt(square));
        _unbounded += (isUnbounded ? 1 : 0) - (wasUnbounded ? 1 : 0);
        var error = (float)((Math.Sqrt(residual) + _rounding * Math.Sqrt(square)) * RoundUp);
        var norm = (float)(scale * Math.Sqrt(held) * RoundUp);
        _errorSum += error - _errors[position];
        _normSum += (isUnbounded ? 0 : norm) - (wasUnbounded ? 0 : _norms[position]);
        if (!isUnbounded)
            (MaximumError, MaximumNorm) = (Math.Max(MaximumError, error), Math.Max(MaximumNorm, norm));
        (_errors[position], _norms[position]) = (error, isUnbounded ? float.PositiveInfinity : norm);
        _chainNorms[position] = CodeTile.ChainNorm(codes);
        MaximumChainNorm = Math.Max(MaximumChainNorm, _chainNorms[position]);
    }
}
