namespace Microsoft.ML.ModalityGap;

/// <summary>HDF5, by PureHDF: a data set of shape (N, D) in windows of rows.</summary>
/// <remarks>Source: the format's description, support.hdfgroup.org, "HDF5 File Format Specification".</remarks>
internal sealed class Hdf5Format : ITableFormat
{
    public string Name => "HDF5";

    public IReadOnlyList<string> Extensions => [".h5", ".hdf5"];

    public ITableFile Open(string path, string? member) => new Hdf5Table(path, member);
}
