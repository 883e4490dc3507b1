using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Rows in memory in the directions of a covariance's spectrum: x̂ − μ = Vᵀp + what the spectrum does not hold. A function of the covariance is then a factor per coordinate, so that many of them on the same rows
/// take a small product each, and no matrix of d×d is made.
/// </summary>
internal sealed class SpectralRows
{
    private readonly float[] _centered;
    private readonly float[] _vectors;
    private readonly ArrayArena<float>? _arena;

    /// <param name="rows">Rows of <paramref name="spectrum"/>'s dimension.</param>
    /// <param name="mean">μ.</param>
    /// <param name="spectrum">Of the covariance.</param>
    /// <param name="common">Where the rows are in its directions.</param>
    /// <param name="arena">Where results are.</param>
    internal SpectralRows(ReadOnlySpan<float> rows, ReadOnlySpan<double> mean, SymmetricSpectrum spectrum, ArrayArena<float>? common = null, ArrayArena<float>? arena = null)
    {
        (Spectrum, _arena) = (spectrum, arena);
        var d = spectrum.Dimension;
        Count = rows.Length / d;
        _centered = ArrayArena<float>.Rent(common, rows.Length);
        Span<float> offset = new float[d];
        for (var i = 0; i < d; i++)
            offset[i] = (float)-mean[i];
        for (var row = 0; row < Count; row++)
        {
            TensorPrimitives.Add(rows.Slice(row * d, d), offset, _centered.AsSpan(row * d, d));
        }

        _vectors = spectrum.GetSingleVectors(common);
        Coordinates = ArrayArena<float>.Rent(common, Count * Held);
        MatrixProduct.Multiply(_centered, false, _vectors, true, Count, Held, d, Coordinates);
    }

    internal SymmetricSpectrum Spectrum { get; }

    internal int Count { get; }

    /// <summary>How many directions the spectrum holds.</summary>
    internal int Held => Spectrum.Values.Count;

    /// <summary>p: Count·Held values.</summary>
    internal float[] Coordinates { get; }

    /// <summary>f(C)(x̂ − μ) of every row; in directions that the spectrum does not hold f(0).</summary>
    internal float[] Apply(Func<double, double> function)
    {
        var isWhole = Held == Spectrum.Dimension;
        var rest = isWhole ? 0 : function(0);
        var result = ArrayArena<float>.Rent(_arena, _centered.Length);
        TensorPrimitives.Multiply(_centered, (float)rest, result);
        AddDirections(Scale(Coordinates, GetFactors(value => function(value) - rest)), result);
        return result;
    }

    /// <summary>Adds Vᵀc to every row.</summary>
    /// <param name="coordinates">c of each row.</param>
    /// <param name="rows">What to add to.</param>
    internal void AddDirections(ReadOnlySpan<float> coordinates, Span<float> rows) =>
        MatrixProduct.Multiply(coordinates, false, _vectors, false, coordinates.Length / Math.Max(1, Held), Spectrum.Dimension, Held, rows, accumulate: true);

    /// <summary>f(λ) of each direction held.</summary>
    internal float[] GetFactors(Func<double, double> function) => [.. Spectrum.Values.Select(value => (float)function(value))];

    /// <summary>Rows of coordinates, each times its factor.</summary>
    internal float[] Scale(ReadOnlySpan<float> coordinates, ReadOnlySpan<float> factors)
    {
        var result = ArrayArena<float>.Rent(_arena, coordinates.Length);
        for (var at = 0; at < result.Length; at += factors.Length)
            TensorPrimitives.Multiply(coordinates.Slice(at, factors.Length), factors, result.AsSpan(at, factors.Length));
        return result;
    }
}
