using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>Sums up what a bank has to say of the 32 rows of a panel, from tiles of scores that come in the order of the bank's rows.</summary>
internal abstract class ColumnReducer
{
    /// <param name="tile">Scores of some rows of the bank against the panel's 32 rows, row-major.</param>
    internal abstract void Add(ReadOnlySpan<float> tile);

    /// <summary>Writes one number per row of the panel.</summary>
    internal abstract void Finish(Span<float> result);
}

/// <summary>scale·log(mean over the bank of exp(β·s)).</summary>
internal sealed class LogMeanExpReducer(float inverseTemperature, float scale) : ColumnReducer
{
    private readonly double[] _largest = [.. Enumerable.Repeat(double.NegativeInfinity, MatrixTile.Columns)];
    private readonly double[] _sums = new double[MatrixTile.Columns];
    private long _count;

    internal override void Add(ReadOnlySpan<float> tile)
    {
        // Everything is held relative to the largest so far, so that no β is too large.
        Span<float> largest = stackalloc float[MatrixTile.Columns];
        largest.Fill(float.NegativeInfinity);
        for (var at = 0; at < tile.Length; at += MatrixTile.Columns)
            TensorPrimitives.Max(largest, tile.Slice(at, MatrixTile.Columns), largest);
        for (var lane = 0; lane < MatrixTile.Columns; lane++)
        {
            var grown = Math.Max(_largest[lane], largest[lane]);
            _sums[lane] *= Math.Exp(inverseTemperature * (_largest[lane] - grown));
            _largest[lane] = grown;
            largest[lane] = (float)grown;
        }

        Span<float> terms = stackalloc float[MatrixTile.Columns];
        for (var at = 0; at < tile.Length; at += MatrixTile.Columns)
        {
            TensorPrimitives.Subtract(tile.Slice(at, MatrixTile.Columns), largest, terms);
            TensorPrimitives.Multiply(terms, inverseTemperature, terms);
            TensorPrimitives.Exp(terms, terms);
            for (var lane = 0; lane < MatrixTile.Columns; lane++)
                _sums[lane] += terms[lane];
        }

        _count += tile.Length / MatrixTile.Columns;
    }

    internal override void Finish(Span<float> result)
    {
        for (var lane = 0; lane < result.Length; lane++)
            result[lane] = (float)(scale * (inverseTemperature * _largest[lane] + Math.Log(_sums[lane] / _count)));
    }
}

/// <summary>The mean of the largest scores.</summary>
internal sealed class TopMeanReducer(int neighbors) : ColumnReducer
{
    private readonly TopK _best = new(MatrixTile.Columns, neighbors);
    private int _row;

    internal override void Add(ReadOnlySpan<float> tile)
    {
        for (var at = 0; at < tile.Length; at += MatrixTile.Columns, _row++)
        {
            for (var lane = 0; lane < MatrixTile.Columns; lane++)
            {
                if (tile[at + lane] > _best.GetThreshold(lane))
                    _best.Add(lane, tile[at + lane], _row);
            }
        }
    }

    internal override void Finish(Span<float> result)
    {
        // In order of size, so that the sum's bits do not depend on the order in which a heap happens to lie.
        _best.Sort();
        for (var lane = 0; lane < result.Length; lane++)
            result[lane] = TensorPrimitives.Average(_best.GetScores(lane));
    }
}
