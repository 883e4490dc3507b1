namespace Microsoft.ML.ModalityGap;

public sealed partial class ModalityGapCatalog
{
    /// <summary>The column that embeddings of shape (N, D) become unless it is named.</summary>
    public const string DefaultEmbeddingColumnName = EmbeddingDataView.DefaultColumnName;

    private static readonly string[] _defaultPairNames = ["Image", "Text"];

    /// <summary>Opens files of embeddings as a data view. Rows are read as a cursor passes; nothing is loaded at once.</summary>
    /// <param name="path">
    /// <para>A file: <c>.npy</c>, <c>.npz</c> or <c>.safetensors</c>; of the last two one array by its name, <c>file.npz:name</c>, where several are of a fitting shape. Or shards, whose rows follow
    /// each other in natural order: a folder, or a pattern of names such as <c>img_emb_*.npy</c>; all of one dimension.</para>
    /// <para>The shape is (N, D), or (M, N, D) for M modalities whose rows belong together; floating-point (float16, bfloat16, float32, float64) or whole numbers of 8 to 64 bits, in either order of
    /// bytes and of rows and columns. They become float32: rounded where they have more digits, infinite beyond float's range. A compressed .npz is unpacked into a temporary file first, which is gone
    /// with the data view.</para>
    /// </param>
    /// <param name="columnNames">The columns' names. Without any: <c>Embedding</c> for (N, D), <c>Image</c> and <c>Text</c> for (2, N, D).</param>
    /// <returns>
    /// A data view of N rows; each column is a vector of D <see cref="float"/>s. What a .npy file's sidecar, the comment of an array of an .npz file, or a .safetensors file's metadata tells of the maps its vectors came through is an
    /// annotation of the column, see <see cref="MapFingerprintExtensions.FindMapFingerprint"/>.
    /// </returns>
    /// <exception cref="FileNotFoundException">There is no such file, or none that matches.</exception>
    /// <exception cref="InvalidDataException">
    /// A file is cut short, damaged, of another kind, element type or shape, or holds another number of modalities than are named; shards have different dimensions or came through different maps.
    /// </exception>
    public IDataView LoadFromFiles(string path, params string[] columnNames)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(columnNames);
        var names = columnNames.Length > 0 ? columnNames : EmbeddingFiles.ReadShape(path) is [2, _, _] ? _defaultPairNames : [DefaultEmbeddingColumnName];
        return new EmbeddingDataView(_host, EmbeddingSource.Open(_host, path, names));
    }

    /// <summary>Opens several files, or sets of shards, as the columns of one data view; their rows belong together.</summary>
    /// <param name="files">At least one column name and what <see cref="LoadFromFiles(string, string[])"/> takes; each of shape (N, D) with the same N.</param>
    /// <exception cref="ArgumentException">There is no file, or a name is given twice.</exception>
    /// <exception cref="FileNotFoundException">A file does not exist.</exception>
    /// <exception cref="InvalidDataException">A file cannot be read, or the numbers of rows differ.</exception>
    public IDataView LoadFromFiles(params IReadOnlyList<(string ColumnName, string Path)> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        if (files.Count == 0)
            throw new ArgumentException("Name at least one file.", nameof(files));
        return new EmbeddingDataView(_host, [.. files.SelectMany(file => EmbeddingSource.Open(_host, file.Path, [file.ColumnName]))]);
    }

    /// <summary>Opens a .npy file as a data view: <see cref="LoadFromFiles(string, string[])"/> under the name of its commonest case.</summary>
    /// <param name="path">The file, or whatever <see cref="LoadFromFiles(string, string[])"/> takes.</param>
    /// <param name="columnNames">See there.</param>
    /// <returns>See there.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file cannot be read, or holds another number of modalities than are named.</exception>
    public IDataView LoadFromNpy(string path, params string[] columnNames) => LoadFromFiles(path, columnNames);

    /// <summary>Opens several .npy files as the columns of one data view: <see cref="LoadFromFiles(IReadOnlyList{ValueTuple{string, string}})"/> under the name of its commonest case.</summary>
    /// <param name="files">See there.</param>
    /// <returns>See there.</returns>
    /// <exception cref="ArgumentException">There is no file, or a name is given twice.</exception>
    /// <exception cref="FileNotFoundException">A file does not exist.</exception>
    /// <exception cref="InvalidDataException">A file cannot be read, or the numbers of rows differ.</exception>
    public IDataView LoadFromNpy(params IReadOnlyList<(string ColumnName, string Path)> files) => LoadFromFiles(files);

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
    public void SaveAsNpy(IDataView data, string path, IReadOnlyList<string> columnNames, NpyElementType elementType = NpyElementType.Float32) =>
        Save(new NpyFormat(), data, path, columnNames, elementType);

    /// <summary>
    /// Streams embedding columns into numpy's archive of arrays (<c>numpy.load</c> opens it), each as an array of its name and of shape (N, D), in a pass of its own; uncompressed, so that it is read where it lies. Which maps
    /// the vectors came through, where that is known, is the comment of the array's entry.
    /// </summary>
    /// <param name="data">The data; where it does not know its number of rows, they are counted in a pass of its own.</param>
    /// <param name="path">The file; one that exists is replaced, when the new one is complete.</param>
    /// <param name="columnNames">The embedding columns, at least one.</param>
    /// <param name="elementType">The format of the numbers.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidDataException">A row has another dimension than the first, or the data yields other rows each time.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SaveAsNpz(IDataView data, string path, IReadOnlyList<string> columnNames, NpyElementType elementType = NpyElementType.Float32) =>
        Save(new NpzFormat(), data, path, columnNames, elementType);

    /// <summary>
    /// Streams embedding columns into a safetensors file, each as a tensor of its name and of shape (N, D), in a pass of its own. Which maps the vectors came through, where that is known, stands in the file's metadata under
    /// <c>modality_gap_fingerprint.</c> and the name.
    /// </summary>
    /// <param name="data">The data; where it does not know its number of rows, they are counted in a pass of its own.</param>
    /// <param name="path">The file; one that exists is replaced, when the new one is complete.</param>
    /// <param name="columnNames">The embedding columns, at least one.</param>
    /// <param name="elementType">The format of the numbers.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidDataException">A row has another dimension than the first, or the data yields other rows each time.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SaveAsSafetensors(IDataView data, string path, IReadOnlyList<string> columnNames, NpyElementType elementType = NpyElementType.Float32) =>
        Save(new SafetensorsFormat(), data, path, columnNames, elementType);

    private void Save(IEmbeddingFormat format, IDataView data, string path, IReadOnlyList<string> columnNames, NpyElementType elementType)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(columnNames);
        if (columnNames.Count == 0)
            throw new ArgumentException("Name at least one column.", nameof(columnNames));
        if (!Enum.IsDefined(elementType))
            throw new ArgumentOutOfRangeException(nameof(elementType), elementType, "Unknown element type.");
        EmbeddingWriter.Write(_host, format, data, path, columnNames, elementType);
    }
}
