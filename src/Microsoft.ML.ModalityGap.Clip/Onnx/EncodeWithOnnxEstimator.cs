using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Encodes rows with an ONNX model, many at a time: an image or text tower of a CLIP-like model that makes embeddings of pixels or token ids.
/// </summary>
/// <remarks>
/// <para>
/// <list type="table">
/// <listheader><term>Characteristic</term><description></description></listheader>
/// <item><term>Looks at the data to fit</term><description>No, only at the schema</description></item>
/// <item><term>Input</term><description>A column per input of the model: vectors of Single (float32 and float16 inputs), of Int64, Int32 or UInt32 (int64 and
/// int32 inputs)</description></item>
/// <item><term>Output</term><description>A vector of Single with d dimensions, from an output of float32 or float16 (batch, d)</description></item>
/// <item><term>Exportable to ONNX</term><description>No, it is ONNX</description></item>
/// </list>
/// </para>
/// <para>
/// A cursor looks ahead <see cref="EncodeWithOnnxOptions.BatchSize"/> rows, keeps what was asked for of these rows, and encodes them together; order and number
/// of rows stay. The last batch is as small as what is left, or, where the model's batch dimension is fixed, filled up with copies of the last row whose
/// results are dropped. A prediction engine encodes row by row.
/// </para>
/// <para>
/// Nothing is pooled, normalised or padded: an output of shape (batch, tokens, d) is refused. NaN goes in and comes out; where
/// the model makes NaN or infinity of numbers, that is an <see cref="InvalidDataException"/> naming the row. The native ONNX Runtime is the
/// application's choice: reference Microsoft.ML.OnnxRuntime, or Microsoft.ML.OnnxRuntime.Gpu.
/// </para>
/// </remarks>
public sealed class EncodeWithOnnxEstimator : IEstimator<EncodeWithOnnxTransformer>
{
    private readonly IHost _host;
    private OpenModel? _idle;
    private OnnxEncoderSignature? _signature;

    internal EncodeWithOnnxEstimator(IHostEnvironment env, string outputColumnName, string modelPath, EncodeWithOnnxOptions? options)
    {
        ArgumentNullException.ThrowIfNull(env);
        ArgumentException.ThrowIfNullOrEmpty(outputColumnName);
        ArgumentException.ThrowIfNullOrEmpty(modelPath);
        OnnxModelFile.CheckExists(modelPath);
        _host = env.Register(nameof(EncodeWithOnnxEstimator));
        OutputColumnName = outputColumnName;
        ModelPath = modelPath;
        Options = options ?? EncodeWithOnnxOptions.Default;
    }

    /// <summary>The column of the embeddings.</summary>
    public string OutputColumnName { get; }

    /// <summary>The ONNX model's path, as given.</summary>
    public string ModelPath { get; }

    /// <summary>The options.</summary>
    public EncodeWithOnnxOptions Options { get; }

    /// <summary>Opens the model and ties its inputs to columns. Dispose the transformer to close the model.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing, of another type or size, or the shape of its rows stays unclear.</exception>
    /// <exception cref="ArgumentException">The options ask for smaller weights, but not to keep them with the pipeline.</exception>
    /// <exception cref="FileNotFoundException">There is no such model.</exception>
    /// <exception cref="InvalidDataException">
    /// The model cannot be loaded, has inputs of other types, no output of shape (batch, d) or several, no input or output of a name that was given, or
    /// weights in
    /// other files while it is to be stored with the pipeline.
    /// </exception>
    /// <exception cref="InvalidOperationException">The native ONNX Runtime is missing, or the GPU cannot be used and falling back to the CPU was not
    /// allowed.</exception>
    public EncodeWithOnnxTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Fit(input.Schema, Options.Inputs);
    }

    /// <summary>Fits with other columns than the options name.</summary>
    internal EncodeWithOnnxTransformer Fit(DataViewSchema schema, IReadOnlyList<OnnxEncoderInput> inputs)
    {
        var model = Interlocked.Exchange(ref _idle, null) ?? Open();
        try
        {
            var plan = OnnxEncoderPlan.Create(_host, model.Session, schema, OutputColumnName, Options with { Inputs = inputs });
            return new EncodeWithOnnxTransformer(_host, plan, model.Source, model.Device, model.Session);
        }
        catch
        {
            model.Session.Dispose();
            throw;
        }
    }

    /// <summary>The model and the column it writes.</summary>
    public override string ToString() => $"{nameof(EncodeWithOnnxEstimator)} by '{ModelPath}' → '{OutputColumnName}'";

    /// <inheritdoc />
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return GetOutputSchema(inputSchema, Options.Inputs);
    }

    internal SchemaShape GetOutputSchema(SchemaShape inputSchema, IReadOnlyList<OnnxEncoderInput> inputs)
    {
        foreach (var input in GetSignature().Inputs)
            OnnxInputBinding.Check(_host, inputSchema, input, OnnxEncoderPlan.FindInput(inputs, input.Name).ColumnName);

        var result = inputSchema.ToDictionary(column => column.Name, StringComparer.Ordinal);
        result[OutputColumnName] = new SchemaShape.Column(OutputColumnName, SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Single, isKey: false);
        return new SchemaShape(result.Values);
    }

    /// <summary>What the model takes and gives.</summary>
    internal OnnxEncoderSignature GetSignature()
    {
        if (_signature is null)
        {
            // A chain asks for the schema right before it fits; the model that had to be opened is kept for that.
            var model = Open();
            _signature = model.Session.Signature;
            Interlocked.Exchange(ref _idle, model)?.Session.Dispose();
        }

        return _signature;
    }

    private OpenModel Open()
    {
        var device = OnnxDevice.Create(_host, Options);
        var source = OnnxModelSource.Create(ModelPath, Options.EmbedModel, Options.Weights);
        var threading = device.ForBatches(Options.BatchSize);
        var session = device.Open(_host, source, threading);
        try
        {
            if (session.OutputMetadata.Count > 1)
            {
                var part = source.Extract(OnnxEncoderSignature.ChooseOutput(session, ModelPath, Options.OutputName).Name);
                if (part != source)
                {
                    session.Dispose();
                    session = device.Open(_host, source = part, threading);
                }
            }

            foreach (var input in Options.Inputs)
            {
                if (!session.InputMetadata.ContainsKey(input.Name))
                {
                    throw new InvalidDataException(
                        $"The encoder '{ModelPath}' has no input '{input.Name}' on the way to its output. It has '{string.Join("', '", session.InputMetadata.Keys)}'.");
                }
            }
        }
        catch
        {
            session.Dispose();
            throw;
        }

        var open = new OnnxSession(session, ModelPath, Options.OutputName, threading);
        if (open.Signature.FixedBatchSize is not null && threading != device.ForRows)
        {
            // Such a batch cannot be split, so its one run should have all threads.
            open.Dispose();
            open = new OnnxSession(device.Open(_host, source, device.ForRows), ModelPath, Options.OutputName, device.ForRows);
        }

        return new OpenModel(source, device, open);
    }

    private sealed record OpenModel(OnnxModelSource Source, OnnxDevice Device, OnnxSession Session);
}
