using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(ClassifyZeroShotTransformer), null, typeof(SignatureLoadModel),
    "Zero-shot classifier", ClassifyZeroShotTransformer.LoaderSignature)]
[assembly: LoadableClass(typeof(IRowMapper), typeof(ClassifyZeroShotTransformer), null, typeof(SignatureLoadRowMapper),
    "Zero-shot classifier", ClassifyZeroShotTransformer.LoaderSignature)]
[assembly: LoadableClass(typeof(IDataTransform), typeof(ClassifyZeroShotTransformer), null, typeof(SignatureLoadDataTransform),
    "Zero-shot classifier", ClassifyZeroShotTransformer.LoaderSignature)]

namespace Microsoft.ML.ModalityGap;

/// <summary>Compares embeddings with those of classes; made by <see cref="ClassifyZeroShotEstimator"/>, where its columns are described.</summary>
/// <remarks>
/// <para>With x the row, f the image map (or none), w_c the unit class embeddings and s the logit scale: cos_c = f(x)·w_c / ‖f(x)‖; single label Score =
/// softmax(s·cos); multi-label Score_c = 1/(1 + exp(−s·(cos_c − t_c))) with thresholds t. With a cache there is more than cos_c: <see cref="ZeroShotCacheOptions"/>.</para>
/// <para>Everything that is needed to run it elsewhere is here: <see cref="Classes"/>, <see cref="LogitScale"/>, <see cref="ImageMap"/>, <see cref="Thresholds"/>.</para>
/// <para>Saved and loaded by <c>mlContext.Model</c> without registration, alone or inside a chain; no text encoder is needed to load it.</para>
/// </remarks>
public sealed partial class ClassifyZeroShotTransformer : RowToRowTransformerBase, ITransformer
{
    internal const string LoaderSignature = "ModalityGapZeroShot";

    private static readonly ModelEntry _entry = new("MODGAPZS", LoaderSignature, typeof(ClassifyZeroShotTransformer));

    private readonly Lazy<PackedRows> _packedClasses;

    /// <param name="env">The environment.</param>
    /// <param name="inputColumnName">The embeddings.</param>
    /// <param name="classes">After the text map.</param>
    /// <param name="options">Whose text map and templates are spent.</param>
    /// <param name="cache">Confident rows beside the texts; <see langword="null"/> for none.</param>
    internal ClassifyZeroShotTransformer(IHostEnvironment env, string inputColumnName, ZeroShotClasses classes, ClassifyZeroShotOptions options, ZeroShotCache? cache = null)
        : base(Contracts.CheckRef(env, nameof(env)).Register(nameof(ClassifyZeroShotTransformer)))
    {
        CheckArguments(inputColumnName, classes.Names, options);
        if (options.ImageMap is { } map && map.OutputDimension != classes.Dimension)
            throw new ArgumentException($"The image map yields {map.OutputDimension} dimensions, but the classes have {classes.Dimension}.", nameof(options));
        InputColumnName = inputColumnName;
        Classes = classes;
        _packedClasses = new Lazy<PackedRows>(() => new PackedRows(classes.Embeddings.Span, classes.Dimension));
        Options = options;
        Cache = cache;
        Thresholds = options.Thresholds.Count == 1 ? [.. Enumerable.Repeat(options.Thresholds[0], classes.Count)] : options.Thresholds;
    }

    /// <summary>The column of embeddings.</summary>
    public string InputColumnName { get; }

    /// <summary>The classes, after the text map.</summary>
    public ZeroShotClasses Classes { get; }

    /// <summary>The options. Templates and text map have done their work, in <see cref="Classes"/>, and are not stored.</summary>
    public ClassifyZeroShotOptions Options { get; }

    /// <summary>s.</summary>
    public float LogitScale => Options.LogitScale;

    /// <summary>Multi-label: t, one for each class; else empty.</summary>
    public IReadOnlyList<float> Thresholds { get; }

    /// <summary>The map applied to the input; <see langword="null"/> for none.</summary>
    public EmbeddingMap? ImageMap => Options.ImageMap;

    /// <summary>How many confident rows stand beside the texts (<see cref="ClassifyZeroShotOptions.Cache"/>); 0 without.</summary>
    public int CachedRowCount => Cache?.Count ?? 0;

    internal ZeroShotCache? Cache { get; }

    /// <summary>The number of dimensions of the input.</summary>
    public int InputDimension => ImageMap?.InputDimension ?? Classes.Dimension;

    /// <summary>The same classifier with another logit scale, such as a calibrated one.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="logitScale"/> is not positive and finite.</exception>
    public ClassifyZeroShotTransformer WithLogitScale(float logitScale) => new(Host, InputColumnName, Classes, Options with { LogitScale = logitScale }, Cache);

    /// <summary>The same multi-label classifier with other thresholds.</summary>
    /// <param name="thresholds">One for all classes, or one for each.</param>
    /// <exception cref="ArgumentException">There is another number of them, or this is no multi-label classifier.</exception>
    public ClassifyZeroShotTransformer WithThresholds(params IReadOnlyList<float> thresholds) =>
        new(Host, InputColumnName, Classes, Options with { Thresholds = thresholds });

    /// <summary>What can be checked before there are embeddings.</summary>
    internal static void CheckArguments(string inputColumnName, IReadOnlyList<string> classNames, ClassifyZeroShotOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(inputColumnName);
        ZeroShotColumns.CheckNames(inputColumnName, options, nameof(options));
        var isMultiLabel = options.Mode == ZeroShotMode.MultiLabel;
        if (!isMultiLabel && classNames.Count == 1)
        {
            throw new ArgumentException(
                $"There is one class, '{classNames[0]}', so every row would be one with probability 1. Name another to tell it from, or set "
                + $"{nameof(ClassifyZeroShotOptions.Mode)} to {nameof(ZeroShotMode.MultiLabel)} with a threshold.", nameof(classNames));
        }

        if (isMultiLabel && options.Thresholds.Count != 1 && options.Thresholds.Count != classNames.Count)
        {
            throw new ArgumentException(
                $"Multi-label classification of {classNames.Count} classes needs one threshold, or one for each class, but {options.Thresholds.Count} are given.", nameof(options));
        }

        if (isMultiLabel && options.Cache is not null)
            throw new ArgumentException($"A cache of confident rows is for a single label; of several, being sure of one says nothing of the others.", nameof(options));
        if (!isMultiLabel && options.Thresholds.Count > 0)
            throw new ArgumentException($"Thresholds are for {nameof(ZeroShotMode.MultiLabel)}; of a single label the likeliest class is taken.", nameof(options));
    }

    /// <summary>The column, the classes, the mode and the scale.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{nameof(ClassifyZeroShotTransformer)} of '{InputColumnName}': {Classes}; {Options.Mode}, logit scale {LogitScale:G4}{(ImageMap is null ? "" : ", with a map")}{(Cache is null ? "" : $", {CachedRowCount} cached rows")}");

    /// <inheritdoc cref="ITransformer.Transform" />
    /// <remarks>Cursors over the result score up to 240 rows together, while those before are taken, with the bits a row alone has.</remarks>
    public new IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new LookaheadDataView(Host, input, data => new Mapper(this, data.Schema));
    }

    /// <inheritdoc />
    protected override void SaveModel(ModelSaveContext ctx) =>
        _entry.Write(Host, ctx, stream => ClassifyZeroShotFormat.Write(stream, this));

    /// <inheritdoc />
    protected override IRowMapper MakeRowMapper(DataViewSchema schema) => new Mapper(this, schema);

    // The loader calls one of these by its signature; it wants no public constructor of the same one beside them.
    internal static ClassifyZeroShotTransformer Create(IHostEnvironment env, ModelLoadContext ctx) => _entry.Read(env, ctx, stream =>
    {
        var (inputColumnName, classes, options, cache) = ClassifyZeroShotFormat.Read(stream);
        return new ClassifyZeroShotTransformer(env, inputColumnName, classes, options, cache);
    });

    internal static IRowMapper Create(IHostEnvironment env, ModelLoadContext ctx, DataViewSchema schema) => Create(env, ctx).MakeRowMapper(schema);

    internal static IDataTransform Create(IHostEnvironment env, ModelLoadContext ctx, IDataView input) => (IDataTransform)Create(env, ctx).Transform(input);
}
