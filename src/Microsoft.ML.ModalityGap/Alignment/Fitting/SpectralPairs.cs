namespace Microsoft.ML.ModalityGap;

/// <summary>Pairs in memory in the directions of their own spectra: those that a method is fitted on, and others that its maps are applied to.</summary>
internal sealed class SpectralPairs
{
    private readonly float[] _cross;
    private readonly SpectralRows[] _fitted;
    private readonly RowsFitSource _source;
    private readonly ArrayArena<float>? _common;
    private readonly ArrayArena<float>? _arena;

    /// <param name="source">The pairs fitted on.</param>
    /// <param name="rows">Per modality the rows to map.</param>
    /// <param name="common">Where rows in the spectra's directions are.</param>
    /// <param name="arena">Where what is made of them is.</param>
    internal SpectralPairs(RowsFitSource source, IReadOnlyList<float[]> rows, ArrayArena<float>? common = null, ArrayArena<float>? arena = null)
    {
        (_source, _common, _arena) = (source, common, arena);
        var spectra = source.GetSpectra();
        Sides = [.. rows.Select((values, i) => new SpectralRows(values, source.Statistics![i].Mean, spectra[i], common, arena))];
        _fitted = [.. spectra.Select((spectrum, i) => new SpectralRows(source.GetRows(i), source.Statistics![i].Mean, spectrum, common, arena))];
        _cross = ArrayArena<float>.Rent(common, Sides[0].Held * Sides[1].Held);
        MatrixProduct.Multiply(_fitted[0].Coordinates, true, _fitted[1].Coordinates, false, Sides[0].Held, Sides[1].Held, source.Count, _cross);
        System.Numerics.Tensors.TensorPrimitives.Divide(_cross, (float)source.Count, _cross);
    }

    private SpectralPairs(SpectralPairs basis, SpectralRows[] sides) =>
        (_cross, _fitted, _source, _common, _arena, Sides) = (basis._cross, basis._fitted, basis._source, basis._common, basis._arena, sides);

    /// <summary>The rows to map, per modality.</summary>
    internal SpectralRows[] Sides { get; }

    /// <summary>Other rows to map, of the same pairs fitted on.</summary>
    internal SpectralPairs With(IReadOnlyList<float[]> rows) => new(
        this, [.. rows.Select((values, i) => values == _source.GetRows(i) ? _fitted[i] : new SpectralRows(values, _source.Statistics![i].Mean, Sides[i].Spectrum, _common, _arena))]);

    /// <summary>c·(V₁C₁₂V₂ᵀ) of coordinates of one side, in the directions of the other.</summary>
    /// <param name="coordinates">Rows of coordinates of <paramref name="side"/>.</param>
    /// <param name="side">0 or 1.</param>
    internal float[] Cross(ReadOnlySpan<float> coordinates, int side)
    {
        var (from, to) = (Sides[side].Held, Sides[1 - side].Held);
        var rows = coordinates.Length / Math.Max(1, from);
        var result = ArrayArena<float>.Rent(_arena, rows * to);
        MatrixProduct.Multiply(coordinates, false, _cross, transposeB: side == 1, rows, to, from, result);
        return result;
    }
}
