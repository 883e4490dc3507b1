namespace Microsoft.ML.ModalityGap;

public sealed partial class ModalityGapCatalog
{
    /// <summary>The column a .npy file of shape (N, D) becomes unless it is named.</summary>
    public const string DefaultEmbeddingColumnName = NpyDataView.DefaultColumnName;

    private static readonly string[] _defaultPairNames = ["Image", "Text"];

    /// <summary>Opens a .npy file as a data view. Rows are read from the memory-mapped file as a cursor passes; nothing is loaded at once.</summary>
    /// <param name="path">A file of shape (N, D), or of shape (M, N, D) for M modalities whose rows belong together; float32, float16 or float64.</param>
    /// <param name="columnNames">The columns' names. Without any: <c>Embedding</c> for (N, D), <c>Image</c> and <c>Text</c> for (2, N, D).</param>
    /// <returns>
    /// A data view of N rows; each column is a vector of D <see cref="float"/>s. A float64 beyond float's range becomes infinite. What the file's sidecar tells of the
    /// maps its vectors came through is an annotation of the column, see <see cref="MapFingerprintExtensions.FindMapFingerprint"/>.
    /// </returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">
    /// The file is no .npy file, cut short, in Fortran order, of another element type or shape, or holds another number of modalities than are named.
    /// </exception>
    public IDataView LoadFromNpy(string path, params string[] columnNames)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(columnNames);
        var names = columnNames.Length > 0 ? columnNames : NpyHeader.Read(path).Shape is [2, _, _] ? _defaultPairNames : [DefaultEmbeddingColumnName];
        return new NpyDataView(_host, NpySource.Open(_host, path, names));
    }

    /// <summary>Opens several .npy files as the columns of one data view; their rows belong together.</summary>
    /// <param name="files">At least one column name and file; each file of shape (N, D) with the same N.</param>
    /// <exception cref="ArgumentException">There is no file, or a name is given twice.</exception>
    /// <exception cref="FileNotFoundException">A file does not exist.</exception>
    /// <exception cref="InvalidDataException">A file cannot be read, or the numbers of rows differ.</exception>
    public IDataView LoadFromNpy(params IReadOnlyList<(string ColumnName, string Path)> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        if (files.Count == 0)
            throw new ArgumentException("Name at least one file.", nameof(files));
        return new NpyDataView(_host, [.. files.SelectMany(file => NpySource.Open(_host, file.Path, [file.ColumnName]))]);
    }

    /// <summary>
    /// Streams an embedding column into a .npy file of shape (N, D), which appears when it is complete. Where it is known which maps the vectors came through, a file
    /// beside it (<c>name.npy.fingerprint</c>) keeps that.
    /// </summary>
    /// <param name="data">The data.</param>
    /// <param name="path">The file; one that exists is replaced.</param>
    /// <param name="columnName">The embedding column.</param>
    /// <param name="elementType">The format of the numbers.</param>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or has another type.</exception>
    /// <exception cref="InvalidDataException">A row has another dimension than the first.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SaveAsNpy(IDataView data, string path, string columnName = DefaultEmbeddingColumnName, NpyElementType elementType = NpyElementType.Float32) =>
        SaveAsNpy(data, path, [columnName], elementType);

    /// <summary>Streams embedding columns into one .npy file of shape (M, N, D) for M columns, each in a pass of its own over the data.</summary>
    /// <param name="data">The data.</param>
    /// <param name="path">The file; one that exists is replaced, when the new one is complete.</param>
    /// <param name="columnNames">The embedding columns, at least one, all of the same dimension. One alone makes the shape (N, D).</param>
    /// <param name="elementType">The format of the numbers.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidDataException">The dimensions differ.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SaveAsNpy(IDataView data, string path, IReadOnlyList<string> columnNames, NpyElementType elementType = NpyElementType.Float32)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(columnNames);
        if (columnNames.Count == 0)
            throw new ArgumentException("Name at least one column.", nameof(columnNames));
        if (!Enum.IsDefined(elementType))
            throw new ArgumentOutOfRangeException(nameof(elementType), elementType, "Unknown element type.");
        NpyWriter.Write(_host, data, path, columnNames, elementType);
    }
}
