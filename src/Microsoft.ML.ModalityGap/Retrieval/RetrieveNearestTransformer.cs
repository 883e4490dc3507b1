using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(RetrieveNearestTransformer), null, typeof(SignatureLoadModel),
    "Nearest embeddings", RetrieveNearestTransformer.LoaderSignature)]
[assembly: LoadableClass(typeof(IRowMapper), typeof(RetrieveNearestTransformer), null, typeof(SignatureLoadRowMapper),
    "Nearest embeddings", RetrieveNearestTransformer.LoaderSignature)]
[assembly: LoadableClass(typeof(IDataTransform), typeof(RetrieveNearestTransformer), null, typeof(SignatureLoadDataTransform),
    "Nearest embeddings", RetrieveNearestTransformer.LoaderSignature)]

namespace Microsoft.ML.ModalityGap;

/// <summary>Adds the ids and scores of each row's nearest rows in an index, and the probabilities that they match where the index has them; made by <see cref="RetrieveNearestEstimator"/>.</summary>
/// <remarks>Saved and loaded by <c>mlContext.Model</c> without registration, alone or inside a chain; the index and the rescorer are part of the model.</remarks>
public sealed partial class RetrieveNearestTransformer : RowToRowTransformerBase, ITransformer
{
    internal const string LoaderSignature = "ModalityGapNearest";

    private static readonly ModelEntry _entry = new("MODGAPNN", LoaderSignature, typeof(RetrieveNearestTransformer));

    private readonly SearchOptions _search;
    private readonly int _count;
    private readonly bool _hasNumericIds;
    private readonly bool _isLimited;

    internal RetrieveNearestTransformer(IHostEnvironment env, EmbeddingIndex index, string inputColumnName, RetrieveNearestOptions options, bool mayWriteProbabilities = true)
        : base(Contracts.CheckRef(env, nameof(env)).Register(nameof(RetrieveNearestTransformer)))
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentException.ThrowIfNullOrEmpty(inputColumnName);
        ArgumentNullException.ThrowIfNull(options);
        string[] names = [options.IdsColumnName, options.ScoresColumnName, options.ProbabilitiesColumnName];
        if (names.Distinct(StringComparer.Ordinal).Count() < names.Length)
            throw new ArgumentException($"Ids, scores and probabilities need names of their own, but are called '{string.Join("', '", names)}'.", nameof(options));
        Index = index;
        InputColumnName = inputColumnName;
        Options = options;
        _search = options.ToSearchOptions();
        _count = Math.Min(options.K, index.CountRows(options.Modalities));
        _hasNumericIds = index.HasNumericIds;
        _isLimited = options.MinimumScore is not null || options.MinimumProbability is not null;
        WritesProbabilities = IndexSearch.Check(index, _search).Calibration is not null && mayWriteProbabilities;
        if (_count == 0)
        {
            throw new ArgumentException(options.Modalities is null
                ? "The index has no rows, so no row has a neighbour."
                : $"The index has no row of the modality '{string.Join("', '", options.Modalities)}'. There is '{string.Join("', '", index.Modalities)}'.", nameof(index));
        }
    }

    /// <summary>The index.</summary>
    public EmbeddingIndex Index { get; }

    /// <summary>The embeddings whose neighbours are sought.</summary>
    public string InputColumnName { get; }

    /// <summary>How they are sought, and the columns written.</summary>
    public RetrieveNearestOptions Options { get; }

    /// <summary>Whether there is a column of probabilities: where the index's correction is calibrated for the queries.</summary>
    internal bool WritesProbabilities { get; }

    /// <summary>The columns written, the ids first.</summary>
    internal IReadOnlyList<DataViewSchema.DetachedColumn> GetOutputColumns() =>
    [
        new(Options.IdsColumnName, new VectorDataViewType(_hasNumericIds ? NumberDataViewType.Int64 : TextDataViewType.Instance, _count)),
        new(Options.ScoresColumnName, new VectorDataViewType(NumberDataViewType.Single, _count)),
        .. WritesProbabilities ? [new(Options.ProbabilitiesColumnName, new VectorDataViewType(NumberDataViewType.Single, _count))] : Array.Empty<DataViewSchema.DetachedColumn>(),
    ];

    /// <summary>Finds the input column, of the index's dimension and maps.</summary>
    internal DataViewSchema.Column FindInput(DataViewSchema schema)
    {
        var column = EmbeddingColumns.Find(Host, schema, InputColumnName, Index.Dimension);
        Index.CheckMaps($"column '{InputColumnName}'", MapFingerprint.Find(column));
        return column;
    }

    /// <summary>The column, how many neighbours, and the index.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{nameof(RetrieveNearestTransformer)} of '{InputColumnName}': the {Options.K} nearest in {Index}");

    /// <inheritdoc cref="ITransformer.Transform" />
    /// <remarks>Cursors over the result search for up to 240 rows together, while those before are taken, with the bits a row alone has.</remarks>
    public new IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new LookaheadDataView(Host, input, data => new Mapper(this, data.Schema));
    }

    /// <inheritdoc />
    protected override void SaveModel(ModelSaveContext ctx) =>
        _entry.Write(Host, ctx, stream => RetrieveNearestFormat.Write(stream, this));

    /// <inheritdoc />
    protected override IRowMapper MakeRowMapper(DataViewSchema schema) => new Mapper(this, schema);

    // The loader calls one of these by its signature; it wants no public constructor of the same one beside them.
    internal static RetrieveNearestTransformer Create(IHostEnvironment env, ModelLoadContext ctx) => _entry.Read(env, ctx, stream =>
    {
        var (index, inputColumnName, options, writesProbabilities) = RetrieveNearestFormat.Read(stream);
        return new RetrieveNearestTransformer(env, index, inputColumnName, options, writesProbabilities);
    });

    internal static IRowMapper Create(IHostEnvironment env, ModelLoadContext ctx, DataViewSchema schema) => Create(env, ctx).MakeRowMapper(schema);

    internal static IDataTransform Create(IHostEnvironment env, ModelLoadContext ctx, IDataView input) => (IDataTransform)Create(env, ctx).Transform(input);
}
