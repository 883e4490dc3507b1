namespace Microsoft.ML.ModalityGap;

/// <summary>Rows of one modality behind its map, as queries and as gallery rows of a fit.</summary>
/// <param name="Modality">Its name.</param>
/// <param name="Rows">Unit rows, one behind the other.</param>
/// <param name="Dimension">Theirs.</param>
internal sealed record CorrectionBank(string Modality, float[] Rows, int Dimension)
{
    /// <summary>The rows, normalised and checked.</summary>
    /// <exception cref="InvalidDataException">There are none, or one has NaN, infinity or only zeros.</exception>
    internal static CorrectionBank Create(string modality, ReadOnlySpan<float> rows, int dimension)
    {
        var units = new float[rows.Length];
        var count = RowBlocks.CountRows(rows.Length, dimension, nameof(rows));
        if (count == 0)
            throw new InvalidDataException($"The bank of '{modality}' has no rows.");
        for (var i = 0; i < count; i++)
        {
            var row = rows.Slice(i * dimension, dimension);
            var defect = RowDefects.Find(row, zeroNormIsDefect: true);
            if (defect != RowDefect.None)
                throw new InvalidDataException($"Row {i} of the bank of '{modality}' cannot be used: behind its map it holds {RowDefects.Describe(defect, row, dimension)}.");
            RowKernels.Normalize(row, units.AsSpan(i * dimension, dimension));
        }

        return new CorrectionBank(modality, units, dimension);
    }
}
