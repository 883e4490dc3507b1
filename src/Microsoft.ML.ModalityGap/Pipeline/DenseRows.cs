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
}
