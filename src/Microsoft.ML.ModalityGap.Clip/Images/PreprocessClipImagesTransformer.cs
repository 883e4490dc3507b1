using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(PreprocessClipImagesTransformer), null, typeof(SignatureLoadModel),
    "CLIP image preprocessing", PreprocessClipImagesTransformer.LoaderSignature)]
[assembly: LoadableClass(typeof(IRowMapper), typeof(PreprocessClipImagesTransformer), null, typeof(SignatureLoadRowMapper),
    "CLIP image preprocessing", PreprocessClipImagesTransformer.LoaderSignature)]

namespace Microsoft.ML.ModalityGap;

/// <summary>Turns images into the pixels that a CLIP-like encoder takes. Made by <see cref="PreprocessClipImagesEstimator"/>, which says what it does.</summary>
/// <remarks>Saved and loaded by <c>mlContext.Model</c> without registration. A relative <see cref="PreprocessClipImagesOptions.ImageFolder"/> is saved as it was given.</remarks>
public sealed partial class PreprocessClipImagesTransformer : RowToRowTransformerBase
{
    internal const string LoaderSignature = "ModalityGapClipImages";

    private static readonly ModelEntry _entry = new("MODGAPCI", LoaderSignature, typeof(PreprocessClipImagesTransformer));

    private const string ValidSuffix = ".IsValid";

    internal PreprocessClipImagesTransformer(IHostEnvironment env, string outputColumnName, string inputColumnName, PreprocessClipImagesOptions options)
        : base(Contracts.CheckRef(env, nameof(env)).Register(nameof(PreprocessClipImagesTransformer)))
    {
        ArgumentException.ThrowIfNullOrEmpty(outputColumnName);
        ArgumentException.ThrowIfNullOrEmpty(inputColumnName);
        ArgumentNullException.ThrowIfNull(options);
        OutputColumnName = outputColumnName;
        InputColumnName = inputColumnName;
        Options = options;
        ValidColumnName = options.ValidColumnName ?? (options.UnusableRows == UnusableRows.Skip ? outputColumnName + ValidSuffix : null);
        if (ValidColumnName == outputColumnName)
        {
            throw new ArgumentException(
                $"The column '{outputColumnName}' cannot hold both the pixels and whether they are valid. Give {nameof(options.ValidColumnName)} another name.", nameof(options));
        }
    }

    /// <summary>The column of pixels.</summary>
    public string OutputColumnName { get; }

    /// <summary>The column of images, paths or encoded bytes.</summary>
    public string InputColumnName { get; }

    /// <summary>The Boolean column that says whether a row's image could be used; <see langword="null"/> when there is none.</summary>
    public string? ValidColumnName { get; }

    /// <summary>How images are read and preprocessed.</summary>
    public PreprocessClipImagesOptions Options { get; }

    /// <summary>The columns and the preprocessing.</summary>
    public override string ToString() => $"{nameof(PreprocessClipImagesTransformer)} of '{InputColumnName}' → '{OutputColumnName}': {Options.Preprocessing}";

    /// <inheritdoc />
    protected override void SaveModel(ModelSaveContext ctx) =>
        _entry.Write(Host, ctx, stream => PreprocessClipImagesFormat.Write(stream, OutputColumnName, InputColumnName, Options));

    /// <inheritdoc />
    protected override IRowMapper MakeRowMapper(DataViewSchema schema) => new Mapper(this, schema);

    internal static PreprocessClipImagesTransformer Create(IHostEnvironment env, ModelLoadContext ctx) => _entry.Read(env, ctx, stream =>
    {
        var (output, input, options) = PreprocessClipImagesFormat.Read(stream);
        return new PreprocessClipImagesTransformer(env, output, input, options);
    });

    internal static IRowMapper Create(IHostEnvironment env, ModelLoadContext ctx, DataViewSchema schema) => Create(env, ctx).MakeRowMapper(schema);
}
