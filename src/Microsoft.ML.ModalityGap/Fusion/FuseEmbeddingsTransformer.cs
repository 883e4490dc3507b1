using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(FuseEmbeddingsTransformer), null, typeof(SignatureLoadModel),
    "Embedding fusion", FuseEmbeddingsTransformer.LoaderSignature)]
[assembly: LoadableClass(typeof(IRowMapper), typeof(FuseEmbeddingsTransformer), null, typeof(SignatureLoadRowMapper),
    "Embedding fusion", FuseEmbeddingsTransformer.LoaderSignature)]

namespace Microsoft.ML.ModalityGap;

/// <summary>Makes one embedding of several; made by <see cref="FuseEmbeddingsEstimator"/>.</summary>
/// <remarks>Saved and loaded by <c>mlContext.Model</c> without registration, alone or inside a chain.</remarks>
public sealed partial class FuseEmbeddingsTransformer : RowToRowTransformerBase
{
    internal const string LoaderSignature = "ModalityGapFusion";

    private static readonly ModelEntry _entry = new("MODGAPFU", LoaderSignature, typeof(FuseEmbeddingsTransformer));

    // int32 number of inputs; per input: text name, double weight; text output.
    private static readonly BlockSignature _signature = new("MGFU", Version: 1);

    internal FuseEmbeddingsTransformer(IHostEnvironment env, string outputColumnName, IReadOnlyList<string> inputColumnNames, IReadOnlyList<double> weights)
        : base(Contracts.CheckRef(env, nameof(env)).Register(nameof(FuseEmbeddingsTransformer)))
    {
        ArgumentException.ThrowIfNullOrEmpty(outputColumnName);
        if (inputColumnNames.Count == 0 || inputColumnNames.Any(string.IsNullOrEmpty))
            throw new ArgumentException("Name at least one embedding column, none empty.", nameof(inputColumnNames));
        if (inputColumnNames.Distinct(StringComparer.Ordinal).Count() < inputColumnNames.Count)
            throw new ArgumentException($"A column is given twice: {string.Join(", ", inputColumnNames)}.", nameof(inputColumnNames));
        if (weights.Count != inputColumnNames.Count)
            throw new ArgumentException($"There are {inputColumnNames.Count} columns, but {weights.Count} weights.", nameof(weights));
        OutputColumnName = outputColumnName;
        InputColumnNames = [.. inputColumnNames];
        Weights = [.. weights];
    }

    /// <summary>The column written.</summary>
    public string OutputColumnName { get; }

    /// <summary>The columns fused.</summary>
    public IReadOnlyList<string> InputColumnNames { get; }

    /// <summary>The weight of each.</summary>
    public IReadOnlyList<double> Weights { get; }

    /// <summary>The columns and their weights.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{nameof(FuseEmbeddingsTransformer)} of {string.Join(" + ", InputColumnNames.Zip(Weights, (name, weight) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{weight:G4}·'{name}'")))} → '{OutputColumnName}'");

    /// <inheritdoc />
    protected override void SaveModel(ModelSaveContext ctx) => _entry.Write(Host, ctx, stream => CheckedBlock.Write(stream, _signature, writer =>
    {
        writer.Write(InputColumnNames.Count);
        for (var i = 0; i < InputColumnNames.Count; i++)
        {
            writer.WriteText(InputColumnNames[i]);
            writer.Write(Weights[i]);
        }

        writer.WriteText(OutputColumnName);
    }));

    /// <inheritdoc />
    protected override IRowMapper MakeRowMapper(DataViewSchema schema) => new Mapper(this, schema);

    // The loader calls one of these by its signature; it wants no public constructor of the same one beside them.
    internal static FuseEmbeddingsTransformer Create(IHostEnvironment env, ModelLoadContext ctx) => _entry.Read(env, ctx, stream => CheckedBlock.Read(stream, _signature, "embedding fusion", reader =>
    {
        var inputs = new (string Name, double Weight)[reader.ReadCount()];
        for (var i = 0; i < inputs.Length; i++)
            inputs[i] = (reader.ReadText(), reader.ReadFiniteDouble());
        var options = new FuseEmbeddingsOptions { Weights = [.. inputs.Select(input => input.Weight)] };
        return new FuseEmbeddingsTransformer(env, reader.ReadText(), [.. inputs.Select(input => input.Name)], options.Weights);
    }));

    internal static IRowMapper Create(IHostEnvironment env, ModelLoadContext ctx, DataViewSchema schema) => Create(env, ctx).MakeRowMapper(schema);
}
