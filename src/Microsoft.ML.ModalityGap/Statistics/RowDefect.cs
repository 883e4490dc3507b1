namespace Microsoft.ML.ModalityGap;

/// <summary>Why a row cannot be used.</summary>
internal enum RowDefect
{
    None,
    NaN,
    Infinity,
    ZeroNorm,
    WrongLength,
}

/// <summary>Finds and words what is wrong with a row; used only for rows already known to be unusual.</summary>
internal static class RowDefects
{
    internal static RowDefect Find(ReadOnlySpan<float> row, bool zeroNormIsDefect)
    {
        var defect = zeroNormIsDefect ? RowDefect.ZeroNorm : RowDefect.None;
        foreach (var value in row)
        {
            if (float.IsNaN(value))
                return RowDefect.NaN;
            if (float.IsInfinity(value))
                defect = RowDefect.Infinity;
            else if (value != 0 && defect == RowDefect.ZeroNorm)
                defect = RowDefect.None;
        }

        return defect;
    }

    internal static string Describe(RowDefect defect, ReadOnlySpan<float> row, int dimension) => defect switch
    {
        RowDefect.NaN => $"a NaN at dimension {IndexOf(row, float.IsNaN)}",
        RowDefect.Infinity => $"an infinity at dimension {IndexOf(row, float.IsInfinity)}",
        RowDefect.ZeroNorm => "a zero vector, which has no direction",
        RowDefect.WrongLength => $"{row.Length} dimensions where {dimension} are expected",
        _ => "nothing wrong",
    };

    /// <summary>What is thrown for a row that cannot be used.</summary>
    private static int IndexOf(ReadOnlySpan<float> row, Predicate<float> predicate)
    {
        for (var i = 0; i < row.Length; i++)
        {
            if (predicate(row[i]))
                return i;
        }

        return -1;
    }
}
