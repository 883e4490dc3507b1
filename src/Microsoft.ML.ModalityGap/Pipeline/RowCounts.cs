namespace Microsoft.ML.ModalityGap;

/// <summary>How many rows there are.</summary>
internal static class RowCounts
{
    /// <summary>The number of rows, as the data knows it or counted in a pass over none of its columns.</summary>
    internal static long Count(IDataView data)
    {
        if (data.GetRowCount() is { } known)
            return known;
        using var cursor = data.GetRowCursor([]);
        var count = 0L;
        while (cursor.MoveNext())
            count++;
        return count;
    }
}
