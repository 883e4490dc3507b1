using Microsoft.ML.ModalityGap;

namespace Microsoft.ML;

/// <summary>Tables with embeddings in files, on <c>mlContext.ModalityGap()</c>.</summary>
public static class TableFilesCatalog
{
    /// <summary>
    /// Opens Parquet files as a data view: lists of numbers as vectors, whatever stands beside them (ids, captions, labels) as columns of its own kind. Rows are read row group by row group as a cursor passes, and of
    /// columns only those that are asked for.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="path">A file, or shards, whose rows follow each other in natural order: a folder, or a pattern of names such as <c>metadata_*.parquet</c>. All have the same columns.</param>
    /// <param name="columnNames">The columns; <see langword="null"/> for all that can be read. Of the others the log says why not.</param>
    /// <param name="unusableRows">
    /// What becomes of a row whose list has another length than the first, or that has no list: an error that names file, row group and row; or, with <see cref="UnusableRows.Skip"/>, a row of NaN, which keeps its
    /// number, and which fitting and measuring with that leave out.
    /// </param>
    /// <returns>
    /// <para>A data view of all rows. <c>list&lt;float&gt;</c> and <c>list&lt;double&gt;</c>, also of fixed size, are vectors of D <see cref="float"/>s, D being the length of the lists; a missing number in one is NaN.
    /// Texts, whole numbers, floating-point ones, truth values and times are what ML.NET has for them. A missing text is empty, a missing floating-point number NaN; a missing value of another kind is an error when its
    /// column is read, as ML.NET has none.</para>
    /// <para>What the file's metadata tells of the maps its vectors came through is an annotation of the column, see <see cref="MapFingerprintExtensions.FindMapFingerprint"/>.</para>
    /// <para>Memory: a cursor holds one row group of the columns asked for, of a large one a piece, about 20 bytes for each number of a list while it is read; parallel cursors together at most 96 MB, where one alone takes less. Shuffling shuffles row
    /// groups.</para>
    /// </returns>
    /// <exception cref="FileNotFoundException">There is no such file, or none that matches.</exception>
    /// <exception cref="InvalidDataException">
    /// A file is cut short, damaged, no Parquet file, or holds what cannot be read (encryption, float16); it lacks a column, or shards have different ones, or came through different maps.
    /// </exception>
    public static IDataView LoadFromParquet(this ModalityGapCatalog catalog, string path, IReadOnlyList<string>? columnNames = null, UnusableRows unusableRows = UnusableRows.Throw) =>
        Load(catalog, path, columnNames, unusableRows);

    /// <summary>Opens Arrow files (also Feather's, version 2) and streams as a data view, record batch by record batch; see <see cref="LoadFromParquet"/>, of which all else is true.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="path">A file, or shards: a folder, or a pattern of names such as <c>part_*.arrow</c>.</param>
    /// <param name="columnNames">The columns; <see langword="null"/> for all that can be read.</param>
    /// <param name="unusableRows">What becomes of a row whose list has another length than the first, or that has no list.</param>
    /// <returns>A data view of all rows: lists, also large ones and ones of fixed size, of float16, float32 and float64 as vectors of <see cref="float"/>; texts, numbers, truth values and times. Batches may be packed with LZ4 or ZSTD. A record batch is read whole.</returns>
    /// <exception cref="FileNotFoundException">There is no such file, or none that matches.</exception>
    /// <exception cref="InvalidDataException">A file is cut short, damaged, or no Arrow file; it lacks a column, or shards differ.</exception>
    public static IDataView LoadFromArrow(this ModalityGapCatalog catalog, string path, IReadOnlyList<string>? columnNames = null, UnusableRows unusableRows = UnusableRows.Throw) =>
        Load(catalog, path, columnNames, unusableRows);

    /// <summary>Opens data sets of HDF5 files as a data view, window by window of rows (about 4 MB, whole chunks).</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="path">
    /// A file, or shards: a folder, or a pattern of names such as <c>emb_*.h5</c>. Behind a colon the data set whose rows are meant, with its groups, such as <c>all.h5:train/image</c>; otherwise the first of shape (N, D).
    /// </param>
    /// <param name="columnNames">The data sets, by their paths; <see langword="null"/> for all that can be read and have those N rows.</param>
    /// <returns>
    /// A data view of N rows: data sets of shape (N, D) of float16, float32 and float64 as vectors of D <see cref="float"/>s; of shape (N) of floating-point numbers, whole ones of 8 to 64 bits, and texts as values. Chunks may be packed with gzip or LZF, shuffled and checksummed; numbers are little-endian. An
    /// attribute <c>modality_gap_fingerprint</c> of a data set is an annotation of its column, see <see cref="MapFingerprintExtensions.FindMapFingerprint"/>.
    /// </returns>
    /// <exception cref="FileNotFoundException">There is no such file, or none that matches.</exception>
    /// <exception cref="InvalidDataException">A file is cut short, damaged, or no HDF5 file; it lacks a data set or has it of another length, or shards differ.</exception>
    public static IDataView LoadFromHdf5(this ModalityGapCatalog catalog, string path, IReadOnlyList<string>? columnNames = null) =>
        Load(catalog, path, columnNames, UnusableRows.Throw);

    /// <summary>
    /// Streams columns of a data view into a Parquet file, which appears when it is complete. Which maps the vectors of a column came through, where that is known, stands in the file's metadata under
    /// <c>modality_gap_fingerprint.</c> and the column's name. Written without compression, which gains nothing on vectors.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="data">The data, such as that of <see cref="LoadFromParquet"/> behind a map.</param>
    /// <param name="path">The file; one that exists is replaced.</param>
    /// <param name="columnNames">The columns; <see langword="null"/> for all that can be written: vectors of <see cref="float"/> (as lists), numbers, texts, truth values, times (to a microsecond). Of the others the log
    /// says why not.</param>
    /// <param name="rowGroupRows">Rows of a row group, at least 1; <see langword="null"/> for as many as make 4 MB of vectors, at most 65,536. Those who read the file read so many at once.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing, or a row group would have no row.</exception>
    /// <exception cref="NotSupportedException">A column that is named has another type.</exception>
    /// <exception cref="InvalidDataException">A row has another dimension than the first.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void SaveAsParquet(this ModalityGapCatalog catalog, IDataView data, string path, IReadOnlyList<string>? columnNames = null, int? rowGroupRows = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (rowGroupRows is { } rows)
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows, nameof(rowGroupRows));
        TableWriter.Write(catalog.Host, new ParquetFormat(), data, path, columnNames, rowGroupRows);
    }

    /// <summary>
    /// Streams columns of a data view into an Arrow file (Feather, version 2), uncompressed, as record batches; vectors are lists of fixed size. Which maps the vectors of a column came through, where that is known, stands in
    /// the schema's metadata under <c>modality_gap_fingerprint.</c> and the column's name. See <see cref="SaveAsParquet"/>, of which all else is true.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="data">The data.</param>
    /// <param name="path">The file; one that exists is replaced, when the new one is complete.</param>
    /// <param name="columnNames">The columns; <see langword="null"/> for all that can be written. Times are kept to a microsecond.</param>
    /// <param name="batchRows">Rows of a record batch, at least 1; <see langword="null"/> for as many as make 4 MB of vectors, at most 65,536.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing, or a record batch would have no row.</exception>
    /// <exception cref="NotSupportedException">A column that is named has another type.</exception>
    /// <exception cref="InvalidDataException">A row has another dimension than the first.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void SaveAsArrow(this ModalityGapCatalog catalog, IDataView data, string path, IReadOnlyList<string>? columnNames = null, int? batchRows = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (batchRows is { } rows)
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows, nameof(batchRows));
        TableWriter.Write(catalog.Host, new ArrowFormat(), data, path, columnNames, batchRows);
    }

    /// <summary>
    /// Streams columns of a data view into an HDF5 file, each a data set of its name: vectors of shape (N, D), values of shape (N). Which maps vectors came through is the data set's attribute
    /// <c>modality_gap_fingerprint</c>. A <c>/</c> in a name makes groups.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="data">The data; where it does not know its number of rows, they are counted in a pass of its own.</param>
    /// <param name="path">The file; one that exists is replaced, when the new one is complete.</param>
    /// <param name="columnNames">The columns; <see langword="null"/> for all that can be written: vectors of <see cref="float"/>, numbers, texts. Of the others the log says why not.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing.</exception>
    /// <exception cref="NotSupportedException">A column that is named has another type.</exception>
    /// <exception cref="InvalidDataException">A row has another dimension than the first, the data yields other rows than were counted, or names cannot stand beside each other.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void SaveAsHdf5(this ModalityGapCatalog catalog, IDataView data, string path, IReadOnlyList<string>? columnNames = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentException.ThrowIfNullOrEmpty(path);
        TableWriter.Write(catalog.Host, new Hdf5Format(), data, path, columnNames, rowsOfBlock: null);
    }

    private static IDataView Load(ModalityGapCatalog catalog, string path, IReadOnlyList<string>? columnNames, UnusableRows unusableRows)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrEmpty(path);
        return TableFiles.LoadTable(catalog.Host, path, columnNames, unusableRows);
    }
}
