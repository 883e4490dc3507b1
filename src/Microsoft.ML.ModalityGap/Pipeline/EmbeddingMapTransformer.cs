using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(EmbeddingMapTransformer), null, typeof(SignatureLoadModel),
    "Embedding map", EmbeddingMapTransformer.LoaderSignature)]
[assembly: LoadableClass(typeof(IRowMapper), typeof(EmbeddingMapTransformer), null, typeof(SignatureLoadRowMapper),
    "Embedding map", EmbeddingMapTransformer.LoaderSignature)]
[assembly: LoadableClass(typeof(IDataTransform), typeof(EmbeddingMapTransformer), null, typeof(SignatureLoadDataTransform),
    "Embedding map", EmbeddingMapTransformer.LoaderSignature)]

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Applies an <see cref="EmbeddingMap"/> per modality to embedding columns. Every estimator of this library that fits maps yields this transformer.
/// </summary>
/// <remarks>
/// <para>Embedding columns are vectors of Single, with the map's input dimension or with a size that varies by row; the output has the map's output dimension.
/// The input column's annotations are kept; those that describe single dimensions only while their number stays the same. The maps'
/// <see cref="Fingerprint"/> is added; where the input came through maps already, it is that of both.</para>
/// <para>Saved and loaded by <c>mlContext.Model</c> without registration, alone or inside a chain.</para>
/// <para>Exportable to ONNX: by <see cref="ModalityGapCatalog.SaveAsOnnx(EmbeddingMapTransformer, string, OnnxExportOptions)"/> and its overloads, behind an encoder by
/// <c>AppendToOnnx</c> (package Microsoft.ML.ModalityGap.Clip), and with a modality per column by ML.NET's
/// <c>ConvertToOnnx</c>.</para>
/// </remarks>
[TypeFormatterSource]
public sealed partial class EmbeddingMapTransformer : RowToRowTransformerBase, ITransformer
{
    internal const string LoaderSignature = "ModalityGapEmbeddingMap";

    private static readonly ModelEntry _entry = new("MODGAPEM", LoaderSignature, typeof(EmbeddingMapTransformer));

    private readonly ModalityMap[] _modalities;

    internal EmbeddingMapTransformer(IHostEnvironment env, ModalityColumns columns, IReadOnlyList<ModalityMap> modalities, string? fingerprint = null, SimilarityCorrection? correction = null)
        : base(Contracts.CheckRef(env, nameof(env)).Register(nameof(EmbeddingMapTransformer)))
    {
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(modalities);
        Columns = columns;
        _modalities = [.. modalities];

        if (_modalities.Length == 0)
            throw new ArgumentException("At least one modality is needed.", nameof(modalities));
        if (_modalities.Select(entry => entry.Modality).Distinct(StringComparer.Ordinal).Count() < _modalities.Length)
            throw new ArgumentException("A modality is given twice.", nameof(modalities));
        if (columns.ModalityColumnName is null)
        {
            var inputs = columns.Pairs.Select(pair => pair.Input);
            if (!inputs.SequenceEqual(_modalities.Select(entry => entry.Modality)))
            {
                throw new ArgumentException(
                    $"The modalities '{string.Join("', '", Modalities.Select(entry => entry.Modality))}' are not the input columns '{string.Join("', '", inputs)}', in this order.",
                    nameof(modalities));
            }
        }
        else if (_modalities.Any(entry => entry.Map.InputDimension != _modalities[0].Map.InputDimension || entry.Map.OutputDimension != _modalities[0].Map.OutputDimension))
        {
            throw new ArgumentException("Modalities that share a column need maps with the same dimensions in and out.", nameof(modalities));
        }

        Fingerprint = fingerprint ?? MapFingerprint.Join(_modalities.Select(entry => entry.Map));
        Correction = correction;
    }

    /// <summary>The columns the maps are applied to.</summary>
    public ModalityColumns Columns { get; }

    /// <summary>The modalities with their maps and statistics: in wide data in the order of <see cref="Columns"/>, in long data in ordinal order of their names.</summary>
    public IReadOnlyList<ModalityMap> Modalities => _modalities;

    /// <summary>
    /// Identifies the maps of all modalities together, in any order: 16 hexadecimal digits. Vectors of any modality that this transformer mapped carry it as an annotation of
    /// their column (<see cref="MapFingerprintExtensions.FindMapFingerprint"/>) and may be compared with each other; those of transformers with other fingerprints may not.
    /// </summary>
    public string Fingerprint { get; }

    /// <summary>
    /// What is made of similarities of mapped rows before they are ranked, where it was fitted with the maps (<c>mlContext.Transforms.CorrectSimilarities</c>); <see langword="null"/> elsewhere. Stored with the model; it
    /// changes no vector, so not the fingerprint either.
    /// </summary>
    public SimilarityCorrection? Correction { get; }

    /// <summary>The entry of a modality.</summary>
    /// <param name="modality">Its name: the input column's in wide data, the value of the modality column in long data.</param>
    /// <exception cref="ArgumentException">There is no such modality.</exception>
    public ModalityMap GetModality(string modality)
    {
        ArgumentNullException.ThrowIfNull(modality);
        return Array.Find(_modalities, entry => entry.Modality == modality)
            ?? throw new ArgumentException($"There is no modality '{modality}'. There is {NameModalities()}.", nameof(modality));
    }

    /// <summary>
    /// The same maps on other columns, such as on the queries' alone while the documents lie mapped in an index. The <see cref="Fingerprint"/> stays that of all maps together, so that
    /// the vectors are known to belong together.
    /// </summary>
    /// <param name="columns">The columns. In wide data column i gets the map of modality i; in long data the names in the modality column choose.</param>
    /// <param name="modalities">Names of modalities of this transformer, at least one; in wide data as many as there are columns.</param>
    /// <exception cref="ArgumentException">There is no such modality, or their number is not the columns'.</exception>
    /// <example>
    /// <code>
    /// var queries = model.ForColumns(ModalityColumns.PerColumn("Query"), "Text");
    /// </code>
    /// </example>
    public EmbeddingMapTransformer ForColumns(ModalityColumns columns, params IReadOnlyList<string> modalities)
    {
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(modalities);
        var entries = modalities.Select(GetModality);
        if (columns.ModalityColumnName is null)
        {
            if (columns.Pairs.Count != modalities.Count)
                throw new ArgumentException($"There are {columns.Pairs.Count} columns, but {modalities.Count} modalities were named.", nameof(modalities));
            entries = columns.Pairs.Zip(entries, (pair, entry) => entry.Rename(pair.Input));
        }

        return new EmbeddingMapTransformer(Host, columns, [.. entries], Fingerprint, Correction);
    }

    /// <summary>
    /// The same maps, which take vectors that came through maps already. Without that <see cref="ITransformer.Transform"/> refuses columns whose annotation tells that they are mapped, unless
    /// the maps were fitted on vectors of those very maps, as in a chain: mapped twice, vectors lie off the centre, and the gap is open again.
    /// </summary>
    /// <example>
    /// <code>
    /// var twice = model.AllowMappedInput().Transform(model.Transform(data));
    /// </code>
    /// </example>
    public EmbeddingMapTransformer AllowMappedInput() =>
        new(Host, Columns, [.. _modalities.Select(entry => new ModalityMap(entry.Modality, entry.Map, entry.Statistics) { ExpectedInput = ModalityMap.AnyInput })], Fingerprint, Correction);

    /// <summary>The modalities with their maps, the columns and the fingerprint.</summary>
    public override string ToString() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{nameof(EmbeddingMapTransformer)} of {Columns}: {string.Join("; ", _modalities.Select(entry => $"{entry}{(entry.Statistics is { } statistics ? $" (fitted on {statistics.Count} rows)" : "")}"))}; fingerprint {Fingerprint}");

    /// <inheritdoc cref="ITransformer.Transform" />
    /// <remarks>
    /// Behind another such transformer with a column per modality, columns that it made are not made first: what they were made of goes through both maps at once, and comes out as from one after the other, bit
    /// for bit. Cursors over maps that project map up to 256 rows together on all cores, while those before are taken.
    /// </remarks>
    public new IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new LookaheadDataView(Host, input, data => new Mapper(this, data.Schema, data as LookaheadDataView));
    }

    /// <inheritdoc />
    protected override void SaveModel(ModelSaveContext ctx) =>
        _entry.Write(Host, ctx, stream => EmbeddingMapTransformerFormat.Write(stream, this));

    /// <inheritdoc />
    protected override IRowMapper MakeRowMapper(DataViewSchema schema) => new Mapper(this, schema);

    // The loader calls one of these by its signature; it wants no public constructor of the same one beside them.
    internal static EmbeddingMapTransformer Create(IHostEnvironment env, ModelLoadContext ctx) => _entry.Read(env, ctx, stream =>
    {
        var (columns, fingerprint, modalities, correction) = EmbeddingMapTransformerFormat.Read(stream);
        return new EmbeddingMapTransformer(env, columns, modalities, fingerprint, correction);
    });

    internal static IRowMapper Create(IHostEnvironment env, ModelLoadContext ctx, DataViewSchema schema) => Create(env, ctx).MakeRowMapper(schema);

    internal static IDataTransform Create(IHostEnvironment env, ModelLoadContext ctx, IDataView input) => (IDataTransform)Create(env, ctx).Transform(input);

    /// <exception cref="InvalidDataException">A column's vectors are mapped already.</exception>
    private void CheckInputs(DataViewSchema.Column[] inputs)
    {
        for (var i = 0; i < inputs.Length; i++)
        {
            // In long data all modalities share the column.
            var entries = Columns.ModalityColumnName is null ? [_modalities[i]] : _modalities;
            foreach (var entry in entries)
            {
                if (MapFingerprint.DescribeUnexpected($"Column '{inputs[i].Name}'", MapFingerprint.Find(inputs[i]), entry.ExpectedInput, Fingerprint) is { } reason)
                    throw new InvalidDataException($"{reason} Give raw vectors, or insist with {nameof(AllowMappedInput)}().");
            }
        }
    }

    private string NameModalities() => $"'{string.Join("', '", _modalities.Select(entry => entry.Modality))}'";
}
