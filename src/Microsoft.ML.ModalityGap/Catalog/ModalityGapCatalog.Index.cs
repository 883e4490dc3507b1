namespace Microsoft.ML.ModalityGap;

public sealed partial class ModalityGapCatalog
{
    /// <summary>Reads embeddings into an index that is searched exactly.</summary>
    /// <param name="data">The gallery.</param>
    /// <param name="embeddingColumnName">The embeddings.</param>
    /// <param name="idColumnName">Their ids: text, a key with text as key values, or an integer, each once; <see langword="null"/> to number the rows from 0.</param>
    /// <param name="modalityColumnName">Their modalities, as text or as a key with key values; <see langword="null"/> for none.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <returns>The index. It keeps the fingerprint of the maps the column came through, and refuses queries of others.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidDataException">
    /// A row cannot be used and <see cref="UnusableRows.Throw"/> is set, an id comes twice, or the data has no rows and does not tell the dimension.
    /// </exception>
    /// <example>
    /// <code>
    /// var index = mlContext.ModalityGap().CreateIndex(gallery, "Embedding", "Id", "Modality", new EmbeddingIndexOptions { Storage = IndexStorage.Float16 });
    /// </code>
    /// </example>
    public EmbeddingIndex CreateIndex(
        IDataView data, string embeddingColumnName, string? idColumnName = null, string? modalityColumnName = null, EmbeddingIndexOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentException.ThrowIfNullOrEmpty(embeddingColumnName);
        return EmbeddingIndexBuilder.Create(_host, data, embeddingColumnName, idColumnName, modalityColumnName, options ?? EmbeddingIndexOptions.Default);
    }

    /// <summary>Joins a rescoring method with banks from data views.</summary>
    /// <param name="method">The method, such as <see cref="InvertedSoftmax"/>.</param>
    /// <param name="queryBank">Queries like those to come.</param>
    /// <param name="queryColumnName">Their embeddings.</param>
    /// <param name="galleryBank">Rows of the gallery's kind, for the methods that use them.</param>
    /// <param name="galleryColumnName">Their embeddings.</param>
    /// <param name="unusableRows">What to do with rows that cannot be used.</param>
    /// <exception cref="ArgumentException">The method needs a bank of gallery rows and there is none, or only one of the bank and its column is given.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidDataException">A row cannot be used and <see cref="UnusableRows.Throw"/> is set, a bank is empty, or the banks are of different spaces.</exception>
    public Rescorer CreateRescorer(
        RescoringMethod method,
        IDataView queryBank,
        string queryColumnName,
        IDataView? galleryBank = null,
        string? galleryColumnName = null,
        UnusableRows unusableRows = UnusableRows.Throw)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(queryBank);
        ArgumentException.ThrowIfNullOrEmpty(queryColumnName);
        if (galleryBank is null != galleryColumnName is null)
            throw new ArgumentException("Give the bank of gallery rows together with its column, or neither.", nameof(galleryBank));

        var queryColumn = EmbeddingColumns.Find(_host, queryBank.Schema, queryColumnName);
        var dimension = EmbeddingColumns.FindDimension(queryBank, queryColumn) ?? throw new InvalidDataException($"The bank of queries, column '{queryColumnName}', has no rows.");
        var queries = ReadBank(queryBank, queryColumn, dimension, unusableRows);
        var fingerprint = MapFingerprint.Find(queryColumn);
        if (galleryBank is null)
            return new Rescorer(method, dimension, queries, fingerprint: fingerprint);

        var galleryColumn = EmbeddingColumns.Find(_host, galleryBank.Schema, galleryColumnName!, dimension);
        MapFingerprint.Check(queryColumn, galleryColumn);
        return new Rescorer(method, dimension, queries, ReadBank(galleryBank, galleryColumn, dimension, unusableRows), fingerprint ?? MapFingerprint.Find(galleryColumn));
    }

    private static float[] ReadBank(IDataView data, DataViewSchema.Column column, int dimension, UnusableRows unusableRows)
    {
        string? FindDefect(ReadOnlySpan<float> row) =>
            row.Length == dimension ? Rescorer.FindDefect(row) : RowDefects.Describe(RowDefect.WrongLength, row, dimension);

        var bank = EmbeddingRows.Read(data, column, dimension, FindDefect, unusableRows, keepPlaces: false);
        return bank.Length > 0 ? bank : throw new InvalidDataException($"The bank in column '{column.Name}' has no usable row.");
    }
}
