using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

/// <summary>Rows that may come sparse.</summary>
internal static class DenseRows
{
    /// <summary>
    /// Makes a row dense. <see cref="VBuffer{T}.CopyToDense"/> onto the row itself will not do: where its array, used before for a dense row, is long enough, the
    /// values are overwritten before they are read.
    /// </summary>
    internal static void MakeDense<T>(ref VBuffer<T> row)
    {
        if (row.IsDense)
            return;
        VBuffer<T> dense = default;
        row.CopyToDense(ref dense);
        row = dense;
    }

    /// <summary>Makes what reads an embedding: where its numbers lie, or, where they must be made or the row is sparse, into memory of its own. What it gives stays until it is called again, or the row changes.</summary>
    internal static RowSpanGetter CreateReader(DataViewRow row, DataViewSchema.Column column)
    {
        if ((row as IRowSpans)?.CreateSpanGetter(column) is { } spans)
            return spans;
        var getter = row.GetGetter<VBuffer<float>>(column);
        VBuffer<float> values = default;
        return () =>
        {
            getter(ref values);
            MakeDense(ref values);
            return values.GetValues();
        };
    }
}
