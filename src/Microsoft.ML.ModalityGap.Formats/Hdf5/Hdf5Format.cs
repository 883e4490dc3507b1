using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

/// <summary>HDF5, by PureHDF: a data set of shape (N, D) in windows of rows.</summary>
/// <remarks>Source: the format's description, support.hdfgroup.org, "HDF5 File Format Specification".</remarks>
internal sealed class Hdf5Format : ITableFormat
{
    public string Name => "HDF5";

    public IReadOnlyList<string> Extensions => [".h5", ".hdf5"];

    public string Contents => "an HDF5 file takes vectors of Single, numbers and texts";

    public ITableFile Open(string path, string? member) => new Hdf5Table(path, member);

    public bool CanWrite(DataViewType type) => type is not (BooleanDataViewType or DateTimeDataViewType);

    public ITableWriter Create(Stream stream, IReadOnlyList<ColumnBuffer> columns, Lazy<long> rowCount, int blockRows) => new Hdf5TableWriter(stream, columns, rowCount.Value);
}
