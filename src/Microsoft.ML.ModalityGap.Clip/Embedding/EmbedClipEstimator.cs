using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// The base of the estimators that make embeddings of images or texts in one step: a preparation, an encoder, and the removal of the columns between the two.
/// </summary>
public abstract class EmbedClipEstimator : IEstimator<TransformerChain<ITransformer>>
{
    private protected EmbedClipEstimator(IHostEnvironment env, string name, string outputColumnName, string? inputColumnName, (string Path, EncodeWithOnnxOptions Options) encoder)
    {
        ArgumentException.ThrowIfNullOrEmpty(outputColumnName);
        Host = env.Register(name);
        OutputColumnName = outputColumnName;
        InputColumnName = inputColumnName ?? outputColumnName;
        ArgumentException.ThrowIfNullOrEmpty(InputColumnName, nameof(inputColumnName));
        Encoder = new EncodeWithOnnxEstimator(Host, outputColumnName, encoder.Path, encoder.Options);
    }

    /// <summary>The column of the embeddings.</summary>
    public string OutputColumnName { get; }

    /// <summary>The column of what is embedded.</summary>
    public string InputColumnName { get; }

    /// <summary>The encoder that was found in the folder.</summary>
    public EncodeWithOnnxEstimator Encoder { get; }

    private protected IHost Host { get; }

    /// <summary>Opens the encoder and chains it behind the preparation. Dispose the chain to close the encoder.</summary>
    /// <returns>A chain of the preparation, the encoder, and what removes the columns in between.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing or has another type.</exception>
    /// <exception cref="InvalidDataException">The encoder cannot be loaded, or is not one of the expected kind.</exception>
    /// <exception cref="InvalidOperationException">The native ONNX Runtime is missing, or the GPU cannot be used and falling back to the CPU was not
    /// allowed.</exception>
    public TransformerChain<ITransformer> Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var (preparation, inputs) = CreatePreparation(FindFreeName(input.Schema.Select(column => column.Name)));
        var prepared = preparation.Fit(input);
        var encoder = Encoder.Fit(prepared.GetOutputSchema(input.Schema), inputs);
        try
        {
            var encoded = encoder.Transform(prepared.Transform(input));
            return new TransformerChain<ITransformer>(prepared, encoder, ColumnSelectingEstimator.DropColumns(Host, GetColumns(inputs)).Fit(encoded));
        }
        catch
        {
            encoder.Dispose();
            throw;
        }
    }

    /// <summary>The kind, its columns and the encoder.</summary>
    public override string ToString() => $"{GetType().Name} of '{InputColumnName}' → '{OutputColumnName}' by '{Encoder.ModelPath}'";

    /// <inheritdoc />
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing or has another type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        var (preparation, inputs) = CreatePreparation(FindFreeName(inputSchema.Select(column => column.Name)));
        var between = GetColumns(inputs);
        return new SchemaShape(Encoder.GetOutputSchema(preparation.GetOutputSchema(inputSchema), inputs).Where(column => !between.Contains(column.Name)));
    }

    /// <summary>Makes the preparation and says which of its columns feed which input of the encoder.</summary>
    /// <param name="name">What names of columns in between are to begin with.</param>
    private protected abstract (IEstimator<ITransformer> Preparation, IReadOnlyList<OnnxEncoderInput> Inputs) CreatePreparation(string name);

    private static string[] GetColumns(IReadOnlyList<OnnxEncoderInput> inputs) => [.. inputs.Select(input => input.ColumnName).Distinct()];

    private string FindFreeName(IEnumerable<string> taken)
    {
        var names = taken.ToArray();
        var name = OutputColumnName;
        while (names.Any(other => other.StartsWith(name + ".", StringComparison.Ordinal)))
            name += "_";
        return name;
    }
}
