namespace Microsoft.ML.ModalityGap;

public sealed partial class ModalityGapCatalog
{
    /// <summary>Reads embeddings into an index that is searched exactly.</summary>
    /// <param name="data">The gallery.</param>
    /// <param name="embeddingColumnName">The embeddings.</param>
    /// <param name="idColumnName">Their ids: text, a key with text as key values, or an integer, each once; <see langword="null"/> to number the rows from 0.</param>
    /// <param name="modalityColumnName">Their modalities, as text or as a key with key values; <see langword="null"/> for none.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <returns>
    /// The index. It keeps the fingerprint of the maps the column came through, and refuses queries of others. Where the gallery is made of the very rows that these maps were fitted on, that is
    /// logged as a warning: what is measured with it flatters them.
    /// </returns>
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

    /// <summary>Maps a gallery by a model, and reads it into an index that searches by the model's correction, where it has one.</summary>
    /// <param name="model">The model, such as one fitted by <c>mlContext.Transforms.CorrectSimilarities(...)</c>.</param>
    /// <param name="gallery">The gallery, not mapped yet, with the model's columns.</param>
    /// <param name="modality">With a modality per column, the one whose column is indexed; <see langword="null"/> with a modality per row, where all rows are.</param>
    /// <param name="idColumnName">The rows' ids: text, a key with text as key values, or an integer, each once; <see langword="null"/> to number the rows from 0.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults. The model's correction takes the place of theirs.</param>
    /// <returns>The index. Queries go through the same model, and say their modality by <see cref="SearchOptions.QueryModality"/>.</returns>
    /// <exception cref="ArgumentException">The model has no such modality, or does not say alone which column to index.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidDataException">As for a gallery that is mapped already.</exception>
    /// <example>
    /// <code>
    /// var index = mlContext.ModalityGap().CreateIndex(model, gallery, "Image", "Id");
    /// var found = index.SearchBatch(model.ForColumns(ModalityColumns.PerColumn("Query"), "Text").Transform(queries), "Query", k: 10, new SearchOptions { QueryModality = "Text" });
    /// </code>
    /// </example>
    public EmbeddingIndex CreateIndex(EmbeddingMapTransformer model, IDataView gallery, string? modality = null, string? idColumnName = null, EmbeddingIndexOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(gallery);
        options = (options ?? EmbeddingIndexOptions.Default) with { Correction = model.Correction };
        if (model.Columns.ModalityColumnName is { } modalityColumn)
        {
            if (modality is not null)
                throw new ArgumentException($"The column '{modalityColumn}' says which modality a row has; name none.", nameof(modality));
            return CreateIndex(model.Transform(gallery), model.Columns.Pairs[0].Output, idColumnName, modalityColumn, options);
        }

        var pairs = model.Columns.Pairs;
        modality ??= pairs is [var only] ? only.Input
            : throw new ArgumentException($"Say which modality the gallery is of: '{string.Join("', '", pairs.Select(pair => pair.Input))}'. For a gallery of several, have the modality of each row in a column.", nameof(modality));
        var entry = model.GetModality(modality);
        var (output, input) = pairs.First(pair => pair.Input == entry.Modality);
        var mapped = model.ForColumns(ModalityColumns.PerColumn(new InputOutputColumnPair(output, input)), modality).Transform(gallery);
        return CreateIndex(mapped, output, idColumnName, modalityColumnName: null, options with { DefaultModality = options.DefaultModality ?? modality });
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
