using Microsoft.ML.OnnxRuntime;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// An open ONNX Runtime session that several threads share; disposing it waits for none of them, but nothing is freed under a run in progress.
/// </summary>
internal sealed class OnnxSession : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly string[] _outputNames;
    private readonly string _model;
    private int _users = 1;
    private int _disposed;

    internal OnnxSession(InferenceSession session, string model, string? outputName, OnnxThreading threading)
    {
        Threading = threading;
        _session = session;
        _model = model;
        try
        {
            Signature = OnnxEncoderSignature.Read(session, model, outputName);
        }
        catch
        {
            Dispose();
            throw;
        }

        _outputNames = [Signature.Output.Name];
    }

    internal OnnxEncoderSignature Signature { get; }

    /// <summary>What messages call the model.</summary>
    internal string Model => _model;

    /// <summary>How many runs may go side by side.</summary>
    internal OnnxThreading Threading { get; }

    /// <summary>Runs the encoder on a batch.</summary>
    /// <param name="names">The inputs' names.</param>
    /// <param name="inputs">Their tensors.</param>
    /// <param name="read">Is given the output, which lives as long as the call.</param>
    /// <exception cref="ObjectDisposedException">The session is closed.</exception>
    /// <exception cref="InvalidOperationException">ONNX Runtime failed.</exception>
    internal void Run(IReadOnlyCollection<string> names, IReadOnlyCollection<OrtValue> inputs, Action<OrtValue> read)
    {
        Enter();
        try
        {
            using var outputs = Run(names, inputs);
            read(outputs[0]);
        }
        finally
        {
            Leave();
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            Leave();
    }

    private IDisposableReadOnlyCollection<OrtValue> Run(IReadOnlyCollection<string> names, IReadOnlyCollection<OrtValue> inputs)
    {
        try
        {
            return _session.Run(_runOptions, names, inputs, _outputNames);
        }
        catch (OnnxRuntimeException e)
        {
            throw new InvalidOperationException(
                $"ONNX Runtime failed to run the encoder '{_model}', which was given {string.Join("; ", names.Zip(inputs, Describe))}: {e.Message}{AdviseOnLayout(inputs)}", e);
        }
    }

    private static string Describe(string name, OrtValue value) => $"'{name}' ({string.Join(", ", value.GetTensorTypeAndShape().Shape)})";

    /// <summary>What a model that does not state its channels may have meant.</summary>
    private string AdviseOnLayout(IEnumerable<OrtValue> inputs) =>
        Signature.Inputs.Any(input => input.Dimensions is [_, -1, _, _]) && inputs.Any(input => input.GetTensorTypeAndShape().Shape is [_, 3, _, _])
            ? " It does not state its channels: if it wants them last (batch, height, width, 3), export it with channels first."
            : "";

    private void Enter()
    {
        while (true)
        {
            var users = Volatile.Read(ref _users);
            ObjectDisposedException.ThrowIf(users == 0 || Volatile.Read(ref _disposed) != 0, typeof(EncodeWithOnnxTransformer));
            if (Interlocked.CompareExchange(ref _users, users + 1, users) == users)
                return;
        }
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _users) > 0)
            return;
        _runOptions.Dispose();
        _session.Dispose();
    }
}
