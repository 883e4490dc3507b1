using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(TokenizeClipTextTransformer), null, typeof(SignatureLoadModel),
    "CLIP text tokenizer", TokenizeClipTextTransformer.LoaderSignature)]
[assembly: LoadableClass(typeof(IRowMapper), typeof(TokenizeClipTextTransformer), null, typeof(SignatureLoadRowMapper),
    "CLIP text tokenizer", TokenizeClipTextTransformer.LoaderSignature)]

namespace Microsoft.ML.ModalityGap;

/// <summary>Turns texts into token ids and attention masks; made by <see cref="TokenizeClipTextEstimator"/>.</summary>
/// <remarks>Saved and loaded by <c>mlContext.Model</c> without registration, alone or inside a chain; the vocabulary is part of the model.</remarks>
public sealed partial class TokenizeClipTextTransformer : RowToRowTransformerBase
{
    internal const string LoaderSignature = "ModalityGapClipText";

    private static readonly ModelEntry _entry = new("MODGAPTK", LoaderSignature, typeof(TokenizeClipTextTransformer));

    internal TokenizeClipTextTransformer(IHostEnvironment env, ClipTokenizer tokenizer, string inputColumnName, TokenizeClipTextOptions options)
        : base(Contracts.CheckRef(env, nameof(env)).Register(nameof(TokenizeClipTextTransformer)))
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentException.ThrowIfNullOrWhiteSpace(inputColumnName);
        ArgumentNullException.ThrowIfNull(options);
        Tokenizer = tokenizer;
        InputColumnName = inputColumnName;
        Options = options;

        var names = GetOutputColumns().Select(column => column.Name).ToArray();
        if (names.Distinct(StringComparer.Ordinal).Count() < names.Length)
            throw new ArgumentException($"The output columns '{string.Join("', '", names)}' need different names.", nameof(options));
    }

    /// <summary>The tokenizer.</summary>
    public ClipTokenizer Tokenizer { get; }

    /// <summary>The column of texts.</summary>
    public string InputColumnName { get; }

    /// <summary>The columns written.</summary>
    public TokenizeClipTextOptions Options { get; }

    /// <summary>The columns written, the ids first.</summary>
    internal IEnumerable<DataViewSchema.DetachedColumn> GetOutputColumns()
    {
        var type = new VectorDataViewType(Options.IdType == ClipIdType.Int64 ? NumberDataViewType.Int64 : NumberDataViewType.Int32, Tokenizer.ContextLength);
        yield return new DataViewSchema.DetachedColumn(Options.InputIdsColumnName, type);
        if (Options.AttentionMaskColumnName is { } mask)
            yield return new DataViewSchema.DetachedColumn(mask, type);
        if (Options.TruncatedColumnName is { } truncated)
            yield return new DataViewSchema.DetachedColumn(truncated, BooleanDataViewType.Instance);
    }

    /// <summary>The columns, and how many tokens a text has.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{nameof(TokenizeClipTextTransformer)} of '{InputColumnName}' → '{string.Join("', '", GetOutputColumns().Select(column => column.Name))}', {Tokenizer.ContextLength} tokens");

    /// <inheritdoc />
    protected override void SaveModel(ModelSaveContext ctx) =>
        _entry.Write(Host, ctx, stream => TokenizeClipTextFormat.Write(stream, this));

    /// <inheritdoc />
    protected override IRowMapper MakeRowMapper(DataViewSchema schema) => new Mapper(this, schema);

    // The loader calls one of these by its signature; it wants no public constructor of the same one beside them.
    internal static TokenizeClipTextTransformer Create(IHostEnvironment env, ModelLoadContext ctx) => _entry.Read(env, ctx, stream =>
    {
        var (tokenizer, inputColumnName, options) = TokenizeClipTextFormat.Read(stream);
        return new TokenizeClipTextTransformer(env, tokenizer, inputColumnName, options);
    });

    internal static IRowMapper Create(IHostEnvironment env, ModelLoadContext ctx, DataViewSchema schema) => Create(env, ctx).MakeRowMapper(schema);
}
