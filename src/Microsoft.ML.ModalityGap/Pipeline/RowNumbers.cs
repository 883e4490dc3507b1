using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

/// <summary>Rows by number, for messages.</summary>
internal static class RowNumbers
{
    /// <summary>The row's number in its source, which its position in one of several parallel cursors is not.</summary>
    internal static long Get(DataViewRow row)
    {
        DataViewRowId id = default;
        row.GetIdGetter()(ref id);
        return (long)id.Low;
    }
}
