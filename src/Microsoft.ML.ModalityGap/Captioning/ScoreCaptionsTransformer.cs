using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(ScoreCaptionsTransformer), null, typeof(SignatureLoadModel),
    "Caption scorer", ScoreCaptionsTransformer.LoaderSignature)]
[assembly: LoadableClass(typeof(IRowMapper), typeof(ScoreCaptionsTransformer), null, typeof(SignatureLoadRowMapper),
    "Caption scorer", ScoreCaptionsTransformer.LoaderSignature)]

namespace Microsoft.ML.ModalityGap;

/// <summary>Scores captions by their embeddings and those of their images; made by <see cref="ScoreCaptionsEstimator"/>, where the formulas are.</summary>
/// <remarks>Saved and loaded by <c>mlContext.Model</c> without registration, alone or inside a chain.</remarks>
public sealed partial class ScoreCaptionsTransformer : RowToRowTransformerBase
{
    internal const string LoaderSignature = "ModalityGapCaptionScore";

    private static readonly ModelEntry _entry = new("MODGAPCS", LoaderSignature, typeof(ScoreCaptionsTransformer));

    internal ScoreCaptionsTransformer(IHostEnvironment env, string imageColumnName, string textColumnName, ScoreCaptionsOptions options)
        : base(Contracts.CheckRef(env, nameof(env)).Register(nameof(ScoreCaptionsTransformer)))
    {
        ArgumentException.ThrowIfNullOrEmpty(imageColumnName);
        ArgumentException.ThrowIfNullOrEmpty(textColumnName);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Kind == CaptionScoreKind.TorchMetrics && options.ReferenceColumnNames.Count > 0)
            throw new ArgumentException($"torchmetrics has no score with references; {nameof(CaptionScoreKind.ClipS)} and {nameof(CaptionScoreKind.I0TS)} make RefCLIP-S and RefI0T-S of them.", nameof(options));
        if (options.ReferenceColumnNames.Count > 0 && options.ScoreColumnName == options.ReferenceScoreColumnName)
            throw new ArgumentException($"The column '{options.ScoreColumnName}' would be written twice. Give the columns different names.", nameof(options));
        if (options.ImageMap is { } image && options.TextMap is { } text && image.OutputDimension != text.OutputDimension)
        {
            throw new ArgumentException(
                $"The image map yields {image.OutputDimension} dimensions and the text map {text.OutputDimension}; only embeddings of one space can be compared.", nameof(options));
        }

        (ImageColumnName, TextColumnName, Options) = (imageColumnName, textColumnName, options);
    }

    /// <summary>The embeddings of the images.</summary>
    public string ImageColumnName { get; }

    /// <summary>The embeddings of the captions.</summary>
    public string TextColumnName { get; }

    /// <summary>Scale, maps, references and names.</summary>
    public ScoreCaptionsOptions Options { get; }

    /// <summary>The columns written.</summary>
    internal IEnumerable<string> OutputColumnNames =>
        Options.ReferenceColumnNames.Count > 0 ? [Options.ScoreColumnName, Options.ReferenceScoreColumnName] : [Options.ScoreColumnName];

    /// <summary>The columns, the scale, and whether there are maps.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{nameof(ScoreCaptionsTransformer)} of '{ImageColumnName}' and '{TextColumnName}': {Options.Kind}{(Options.ImageMap is null && Options.TextMap is null ? "" : " behind maps")}{(Options.ReferenceColumnNames.Count == 0 ? "" : $", {Options.ReferenceColumnNames.Count} columns of references")} → '{string.Join("', '", OutputColumnNames)}'");

    /// <inheritdoc />
    protected override void SaveModel(ModelSaveContext ctx) =>
        _entry.Write(Host, ctx, stream => ScoreCaptionsFormat.Write(stream, this));

    /// <inheritdoc />
    protected override IRowMapper MakeRowMapper(DataViewSchema schema) => new Mapper(this, schema);

    // The loader calls one of these by its signature; it wants no public constructor of the same one beside them.
    internal static ScoreCaptionsTransformer Create(IHostEnvironment env, ModelLoadContext ctx) => _entry.Read(env, ctx, stream =>
    {
        var (imageColumnName, textColumnName, options) = ScoreCaptionsFormat.Read(stream);
        return new ScoreCaptionsTransformer(env, imageColumnName, textColumnName, options);
    });

    internal static IRowMapper Create(IHostEnvironment env, ModelLoadContext ctx, DataViewSchema schema) => Create(env, ctx).MakeRowMapper(schema);
}
