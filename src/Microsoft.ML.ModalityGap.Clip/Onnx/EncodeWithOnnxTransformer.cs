using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(EncodeWithOnnxTransformer), null, typeof(SignatureLoadModel),
    "Batched ONNX encoder", EncodeWithOnnxTransformer.LoaderSignature)]
[assembly: LoadableClass(typeof(IRowMapper), typeof(EncodeWithOnnxTransformer), null, typeof(SignatureLoadRowMapper),
    "Batched ONNX encoder", EncodeWithOnnxTransformer.LoaderSignature)]
[assembly: LoadableClass(typeof(IDataTransform), typeof(EncodeWithOnnxTransformer), null, typeof(SignatureLoadDataTransform),
    "Batched ONNX encoder", EncodeWithOnnxTransformer.LoaderSignature)]

namespace Microsoft.ML.ModalityGap;

/// <summary>Adds the embeddings an ONNX encoder makes of its input columns. See <see cref="EncodeWithOnnxEstimator"/>.</summary>
/// <remarks>
/// Saved and loaded by <c>mlContext.Model</c> without registration; a loaded one opens its model at the first row. Safe to use from several threads. Dispose
/// it, or
/// the chain or prediction engine that owns it, to close the model; after that nothing can be encoded.
/// </remarks>
public sealed partial class EncodeWithOnnxTransformer : ITransformer, IDisposable
{
    internal const string LoaderSignature = "ModalityGapOnnxEncoder";

    private static readonly ModelEntry _entry = new("MODGAPEO", LoaderSignature, typeof(EncodeWithOnnxTransformer));

    private readonly IHost _host;
    private readonly OnnxEncoderPlan _plan;
    private readonly OnnxModelSource _source;
    private readonly OnnxDevice _device;
    private readonly PaddingCut _cut;
    private readonly Lock _lock = new();
    private OnnxSession? _batchSession;
    private OnnxSession? _rowSession;
    private bool _disposed;

    internal EncodeWithOnnxTransformer(IHostEnvironment env, OnnxEncoderPlan plan, OnnxModelSource source, OnnxDevice device, OnnxSession? batchSession)
    {
        _host = Contracts.CheckRef(env, nameof(env)).Register(nameof(EncodeWithOnnxTransformer));
        _plan = plan;
        _source = source;
        _device = device;
        _batchSession = batchSession;
        _cut = new PaddingCut(_host, source.Name);
    }

    /// <summary>The column of the embeddings.</summary>
    public string OutputColumnName => _plan.OutputColumnName;

    /// <summary>The embeddings' dimension.</summary>
    public int Dimension => _plan.Dimension;

    /// <summary>The rows encoded in one run: the option's, or the model's where that is fixed.</summary>
    public int BatchSize => _plan.BatchSize;

    /// <summary>The model's output that is the embedding.</summary>
    public string OutputName => _plan.OutputName;

    /// <summary>
    /// Whether rows of tokens are encoded without their padding: decided by the first rows, <see langword="null"/> before, and where the model's sequence axis is fixed or
    /// <see cref="EncodeWithOnnxOptions.CutPadding"/> is off. See there.
    /// </summary>
    public bool? CutsPadding => _cut.IsProven;

    /// <summary>The model's inputs with the columns that feed them and the shape of a row.</summary>
    public IReadOnlyList<OnnxEncoderInput> Inputs => [.. _plan.Inputs.Select(input => new OnnxEncoderInput(input.Name, input.ColumnName) { Shape = input.RowShape })];

    /// <summary>The path of the model as given to the estimator, and the place it is read from unless it is stored with the pipeline.</summary>
    public string ModelPath => _source.Name;

    /// <summary>Whether the model's bytes are stored with the pipeline.</summary>
    public bool EmbedsModel => _source.Bytes is not null;

    /// <summary>The model, its columns and the dimension.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{nameof(EncodeWithOnnxTransformer)} by '{ModelPath}'{(EmbedsModel ? " (stored within)" : "")} of '{string.Join("', '", _plan.Inputs.Select(input => input.ColumnName))}' → '{OutputColumnName}', {Dimension} dimensions");

    bool ITransformer.IsRowToRowMapper => true;

    /// <inheritdoc />
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return new Mapper(this, inputSchema).Bindings.Schema;
    }

    /// <inheritdoc />
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new LookaheadDataView(_host, input, data => new Mapper(this, data.Schema));
    }

    /// <summary>Closes the model. Cursors and prediction engines that still use it fail with <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _batchSession?.Dispose();
            _rowSession?.Dispose();
        }
    }

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return new RowToRowMapperTransform(_host, new EmptyDataView(_host, inputSchema), new Mapper(this, inputSchema), schema => new Mapper(this, schema));
    }

    void ICanSaveModel.Save(ModelSaveContext ctx) => Save(ctx);

    // The loader calls one of these by its signature; it wants no public constructor of the same one beside them.
    internal static EncodeWithOnnxTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        var (plan, source) = _entry.Read(env, ctx, _ => EncodeWithOnnxTransformerFormat.Read(ctx));
        var device = OnnxDevice.Create(env, new EncodeWithOnnxOptions
        {
            IntraOpNumThreads = plan.IntraOpNumThreads,
            InterOpNumThreads = plan.InterOpNumThreads,
            GraphOptimization = plan.GraphOptimization,
        });
        return new EncodeWithOnnxTransformer(env, plan, source, device, batchSession: null);
    }

    internal static IRowMapper Create(IHostEnvironment env, ModelLoadContext ctx, DataViewSchema schema) => new Mapper(Create(env, ctx), schema);

    internal static IDataTransform Create(IHostEnvironment env, ModelLoadContext ctx, IDataView input) => (IDataTransform)Create(env, ctx).Transform(input);

    private void Save(ModelSaveContext ctx) => _entry.Write(_host, ctx, _ => EncodeWithOnnxTransformerFormat.Write(ctx, _plan, _source));

    private EncoderBatch CreateBatch(bool ofOne = false)
    {
        var session = GetSession(forBatches: !ofOne);
        var capacity = ofOne ? 1 : _plan.BatchSize;
        return _plan.CutsPadding && PaddingCut.IsPossible(_plan, session.Signature) ? new SequenceBatch(_plan, session, capacity, _cut) : new OnnxBatch(_plan, session, capacity);
    }

    /// <summary>
    /// The session for batches or for single rows, opened when it is first needed. They differ where batches are split, as then a run has few threads and a
    /// single row
    /// would wait longer than it must; most applications use one of the two.
    /// </summary>
    private OnnxSession GetSession(bool forBatches)
    {
        var threading = _plan.HasFixedBatch ? _device.ForRows : _device.ForBatches(_plan.BatchSize);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return forBatches || threading == _device.ForRows ? _batchSession ??= Open(threading) : _rowSession ??= Open(_device.ForRows);
        }
    }

    private OnnxSession Open(OnnxThreading threading)
    {
        var session = new OnnxSession(_device.Open(_host, _source, threading), _source.Name, _plan.OutputName, threading);
        try
        {
            _plan.Check(session.Signature, _source.Name);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }
}
