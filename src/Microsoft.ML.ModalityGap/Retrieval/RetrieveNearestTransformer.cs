using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(RetrieveNearestTransformer), null, typeof(SignatureLoadModel),
    "Nearest embeddings", RetrieveNearestTransformer.LoaderSignature)]
[assembly: LoadableClass(typeof(IRowMapper), typeof(RetrieveNearestTransformer), null, typeof(SignatureLoadRowMapper),
    "Nearest embeddings", RetrieveNearestTransformer.LoaderSignature)]

namespace Microsoft.ML.ModalityGap;

/// <summary>Adds the ids and scores of each row's nearest rows in an index; made by <see cref="RetrieveNearestEstimator"/>.</summary>
/// <remarks>Saved and loaded by <c>mlContext.Model</c> without registration, alone or inside a chain; the index and the rescorer are part of the model.</remarks>
public sealed partial class RetrieveNearestTransformer : RowToRowTransformerBase
{
    internal const string LoaderSignature = "ModalityGapNearest";

    private static readonly ModelEntry _entry = new("MODGAPNN", LoaderSignature, typeof(RetrieveNearestTransformer));

    private readonly SearchOptions _search;
    private readonly int _count;
    private readonly bool _hasNumericIds;
    private readonly bool _isLimited;

    internal RetrieveNearestTransformer(IHostEnvironment env, EmbeddingIndex index, string inputColumnName, RetrieveNearestOptions options)
        : base(Contracts.CheckRef(env, nameof(env)).Register(nameof(RetrieveNearestTransformer)))
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentException.ThrowIfNullOrEmpty(inputColumnName);
        ArgumentNullException.ThrowIfNull(options);
        if (options.IdsColumnName == options.ScoresColumnName)
            throw new ArgumentException($"The ids and the scores cannot both be called '{options.IdsColumnName}'.", nameof(options));
        Index = index;
        InputColumnName = inputColumnName;
        Options = options;
        _search = options.ToSearchOptions();
        _count = Math.Min(options.K, index.CountRows(options.Modalities));
        _hasNumericIds = index.HasNumericIds;
        _isLimited = options.MinimumScore is not null || options.MinimumProbability is not null;
        IndexSearch.Check(index, _search);
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

    /// <summary>The columns written, the ids first.</summary>
    internal IReadOnlyList<DataViewSchema.DetachedColumn> GetOutputColumns() =>
    [
        new(Options.IdsColumnName, new VectorDataViewType(_hasNumericIds ? NumberDataViewType.Int64 : TextDataViewType.Instance, _count)),
        new(Options.ScoresColumnName, new VectorDataViewType(NumberDataViewType.Single, _count)),
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

    /// <inheritdoc />
    protected override void SaveModel(ModelSaveContext ctx) =>
        _entry.Write(Host, ctx, stream => RetrieveNearestFormat.Write(stream, this));

    /// <inheritdoc />
    protected override IRowMapper MakeRowMapper(DataViewSchema schema) => new Mapper(this, schema);

    // The loader calls one of these by its signature; it wants no public constructor of the same one beside them.
    internal static RetrieveNearestTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        var (index, inputColumnName, options) = RetrieveNearestFormat.Read(_entry.Open(env, ctx));
        return new RetrieveNearestTransformer(env, index, inputColumnName, options);
    }

    internal static IRowMapper Create(IHostEnvironment env, ModelLoadContext ctx, DataViewSchema schema) => Create(env, ctx).MakeRowMapper(schema);
}
