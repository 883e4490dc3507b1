namespace Microsoft.ML.ModalityGap;

/// <summary>Pairs in memory in the directions of their own spectra: those that a method is fitted on, and others that its maps are applied to.</summary>
internal sealed class SpectralPairs
{
    private readonly float[] _cross;

    /// <param name="source">The pairs fitted on.</param>
    /// <param name="rows">Per modality the rows to map.</param>
    internal SpectralPairs(RowsFitSource source, IReadOnlyList<float[]> rows)
    {
        var spectra = source.GetSpectra();
        Sides = [.. rows.Select((values, i) => new SpectralRows(values, source.Statistics![i].Mean, spectra[i]))];
        var fitted = Sides.Select((side, i) => new SpectralRows(source.GetRows(i), source.Statistics![i].Mean, side.Spectrum).Coordinates).ToArray();
        _cross = new float[Sides[0].Held * Sides[1].Held];
        MatrixProduct.Multiply(fitted[0], true, fitted[1], false, Sides[0].Held, Sides[1].Held, source.Count, _cross);
        System.Numerics.Tensors.TensorPrimitives.Divide(_cross, (float)source.Count, _cross);
    }

    /// <summary>Other rows to map, of the same pairs fitted on.</summary>
    internal SpectralPairs(SpectralPairs basis, RowsFitSource source, IReadOnlyList<float[]> rows)
    {
        _cross = basis._cross;
        Sides = [.. rows.Select((values, i) => new SpectralRows(values, source.Statistics![i].Mean, basis.Sides[i].Spectrum))];
    }

    /// <summary>The rows to map, per modality.</summary>
    internal SpectralRows[] Sides { get; }

    /// <summary>c·(V₁C₁₂V₂ᵀ) of coordinates of one side, in the directions of the other.</summary>
    /// <param name="coordinates">Rows of coordinates of <paramref name="side"/>.</param>
    /// <param name="side">0 or 1.</param>
    internal float[] Cross(ReadOnlySpan<float> coordinates, int side)
    {
        var (from, to) = (Sides[side].Held, Sides[1 - side].Held);
        var rows = coordinates.Length / Math.Max(1, from);
        var result = new float[rows * to];
        MatrixProduct.Multiply(coordinates, false, _cross, transposeB: side == 1, rows, to, from, result);
        return result;
    }
}
