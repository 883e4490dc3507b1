using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Classifies embeddings, of images or of anything that shares a space with texts, by the names of classes: the class whose prompts are nearest wins. No
/// training data is needed.
/// </summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>Characteristic</term><description>Value</description></listheader>
/// <item><term>Needs to look at the data to fit</term><description>No; the classes' prompts are encoded. With <see cref="ClassifyZeroShotOptions.Cache"/> yes, one pass without labels</description></item>
/// <item><term>Input column type</term><description>Vector of <see cref="float"/>, of fixed size or varying by row; need not be normalised</description></item>
/// <item><term><c>PredictedLabel</c></term><description>Key over the classes with their names as key values; multi-label: vector of Boolean, one a class</description></item>
/// <item><term><c>Score</c></term><description>Vector of Single, one a class with the names as slot names: probabilities, which is what ML.NET's multiclass evaluator
/// takes scores for</description></item>
/// <item><term><c>Probability</c></term><description>Single: the predicted class's; not in multi-label mode</description></item>
/// <item><term><c>Similarity</c></term><description>Vector of Single with slot names: the cosines, with what a cache adds to them</description></item>
/// <item><term><c>TopLabels</c>, <c>TopScores</c></term><description>Vectors of text and Single: the likeliest classes and their probabilities, likeliest first</description></item>
/// <item><term><c>Label</c></term><description>Where the data has it: the true class, as a key over the classes in their order (multi-label: vector of Boolean)</description></item>
/// <item><term>Saved by <c>mlContext.Model.Save</c></term><description>Yes; no text encoder is needed to load it</description></item>
/// </list>
/// <para>Class c: w_c = normalised mean of the normalised prompts (<see cref="ZeroShotClasses"/>), then the text map. cos_c = cosine of the row, after the image
/// map, and w_c. Score = softmax(s·cos); multi-label Score_c = sigmoid(s·(cos_c − t_c)), predicted from t_c on.</para>
/// <para>Because key, slots and <c>Label</c> are in the same order, <c>mlContext.MulticlassClassification.Evaluate(output)</c> and its confusion matrix need
/// nothing in between.</para>
/// <para>Degenerate: a row without a direction (zero, NaN, infinity) has NaN scores and a missing prediction; of equal classes the first wins. A row of
/// another dimension and a label that is no class are <see cref="InvalidDataException"/>s when they are read.</para>
/// <para>Source: Radford et al., Learning Transferable Visual Models From Natural Language Supervision, 2021 (arXiv 2103.00020).</para>
/// </remarks>
public sealed class ClassifyZeroShotEstimator : IEstimator<ClassifyZeroShotTransformer>
{
    private readonly IHost _host;
    private readonly string[] _names;
    private readonly Func<ZeroShotClasses> _getClasses;
    private readonly PromptEncoder? _encoder;
    private readonly ClassifyZeroShotOptions _options;

    internal ClassifyZeroShotEstimator(
        IHostEnvironment env, string inputColumnName, IReadOnlyList<string> classNames, PromptEncoder encoder, ClassifyZeroShotOptions? options)
        : this(env, inputColumnName, ZeroShotClasses.Number(classNames).Names, options)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        _encoder = encoder;
        string[] given = [.. classNames];
        _getClasses = () => ZeroShotClasses.FromPrompts(given, _options.Templates, encoder);
    }

    internal ClassifyZeroShotEstimator(IHostEnvironment env, string inputColumnName, ZeroShotClasses classes, ClassifyZeroShotOptions? options)
        : this(env, inputColumnName, [.. classes.Names], options) => _getClasses = () => classes;

    private ClassifyZeroShotEstimator(IHostEnvironment env, string inputColumnName, string[] names, ClassifyZeroShotOptions? options)
    {
        ArgumentNullException.ThrowIfNull(env);
        options ??= ClassifyZeroShotOptions.Default;
        ClassifyZeroShotTransformer.CheckArguments(inputColumnName, names, options);
        _host = env.Register(nameof(ClassifyZeroShotEstimator));
        (InputColumnName, _names, _options, _getClasses) = (inputColumnName, names, options, null!);
    }

    /// <summary>The column of embeddings.</summary>
    public string InputColumnName { get; }

    /// <summary>The class names, in their order.</summary>
    public IReadOnlyList<string> ClassNames => _names;

    /// <summary>Encodes the classes' prompts and checks the schema; the data is read only to make a cache of confident rows, where one is asked for.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing, has another type, or another dimension than the classes.</exception>
    /// <exception cref="ArgumentException">A map does not fit the classes' dimension.</exception>
    /// <exception cref="InvalidDataException">The text encoder gives what cannot be used, or its embeddings and the column's are known to have come through different
    /// maps; or a row cannot be put to use for the cache and <see cref="UnusableRows.Throw"/> is set, or none can.</exception>
    public ClassifyZeroShotTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var column = EmbeddingColumns.Find(_host, input.Schema, InputColumnName);
        var classes = _getClasses();
        CheckMaps(column);
        WarnOfRepeated(classes);
        if (_options.TextMap is { } map)
            classes = classes.Map(map);
        var options = _options with { TextMap = null };
        var transformer = new ClassifyZeroShotTransformer(_host, InputColumnName, classes, options);
        EmbeddingColumns.Find(_host, input.Schema, InputColumnName, transformer.InputDimension);
        return options.Cache is { } cache ? new ClassifyZeroShotTransformer(_host, InputColumnName, classes, options, CreateCache(input, transformer, cache)) : transformer;
    }

    /// <summary>The column, the classes and the mode.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{nameof(ClassifyZeroShotEstimator)} of '{InputColumnName}': {_names.Length} classes, {_options.Mode}");

    /// <inheritdoc />
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        EmbeddingColumns.Find(_host, inputSchema, InputColumnName);
        var columns = ZeroShotColumns.Create(_names, _options);
        if (ZeroShotColumns.HasLabel(inputSchema, _options))
            columns = columns.Append(ZeroShotColumns.CreateLabel(_options.LabelColumnName!, _names, _options.Mode));

        var result = inputSchema.ToDictionary(column => column.Name, StringComparer.Ordinal);
        foreach (var column in ZeroShotColumns.ToShape(columns))
            result[column.Name] = column;
        return new SchemaShape(result.Values);
    }

    private void WarnOfRepeated(ZeroShotClasses classes)
    {
        if (classes.RepeatedNames is not [var first, ..] repeated)
            return;
        using var channel = _host.Start("Classify zero-shot");
        channel.Warning(
            $"{repeated.Count} names are those of several classes, which are numbered: '{first}' has become '{first} (1)', '{first} (2)' and so on, in the order given. "
            + "Labels have to say which of them they mean; better, give each a name of its own.");
    }

    private ZeroShotCache CreateCache(IDataView input, ClassifyZeroShotTransformer transformer, ZeroShotCacheOptions options)
    {
        var builder = new ZeroShotCacheBuilder(transformer.Classes, options);
        var column = EmbeddingColumns.Find(_host, input.Schema, InputColumnName);
        using var cursor = input.GetRowCursor([column]);
        var getter = cursor.GetGetter<VBuffer<float>>(column);
        VBuffer<float> value = default;
        var unit = new float[transformer.Classes.Dimension];
        while (cursor.MoveNext())
        {
            getter(ref value);
            DenseRows.MakeDense(ref value);
            var row = value.GetValues();
            var defect = row.Length == transformer.InputDimension ? RowDefects.Find(row, zeroNormIsDefect: true) : RowDefect.WrongLength;
            if (defect == RowDefect.None)
            {
                if (transformer.ImageMap is { } map)
                    map.ApplyRow(row, unit);
                else
                    row.CopyTo(unit);
                RowKernels.Normalize(unit, unit);
                builder.Add(unit);
            }
            else if (options.UnusableRows == UnusableRows.Throw)
            {
                throw RowOrigins.Of(cursor.Schema[InputColumnName]).CreateException(RowNumbers.Get(cursor), RowDefects.Describe(defect, row, transformer.InputDimension));
            }
        }

        return builder.Build(InputColumnName);
    }

    /// <summary>Classes on one side of the gap and rows on the other is the mistake most easily made; what is known of both is compared.</summary>
    private void CheckMaps(DataViewSchema.Column column)
    {
        if (_encoder is not { IsPipeline: true } encoder || _options.TextMap is not null)
            return;
        var images = _options.ImageMap is null ? MapFingerprint.Find(column) : _options.ImageMap.Fingerprint;
        if (images is not null && encoder.Fingerprint is null)
        {
            using var channel = _host.Start("Classify zero-shot");
            channel.Warning(
                $"The embeddings in '{InputColumnName}' go through a map, but the class names do not. "
                + $"Give the text modality's map as {nameof(ClassifyZeroShotOptions.TextMap)}, or put it behind the text encoder.");
        }
        else if (_options.ImageMap is null)
        {
            MapFingerprint.Check($"column '{InputColumnName}'", images, "the text encoder", encoder.Fingerprint);
        }
    }
}
