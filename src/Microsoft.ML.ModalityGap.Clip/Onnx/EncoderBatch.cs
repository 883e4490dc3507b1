using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Rows on their way through an encoder: read into the inputs' memory, encoded in runs of several rows, on other threads where runs go side by side, and taken out again one by one.
/// </summary>
internal abstract class EncoderBatch : LookaheadBatch
{
    private readonly OnnxSession _session;
    private readonly string[] _names;
    private readonly float[] _embeddings;

    private protected EncoderBatch(OnnxEncoderPlan plan, OnnxSession session, int window)
    {
        Plan = plan;
        _session = session;
        Window = window;
        _names = [.. plan.Inputs.Select(input => input.Name)];
        _embeddings = new float[checked(window * plan.Dimension)];
    }

    /// <summary>How many rows are read ahead.</summary>
    internal abstract int LookAhead { get; }

    /// <summary>The rows that a run takes.</summary>
    internal abstract int RowsPerStart { get; }

    internal sealed override int Window { get; }

    /// <summary>With each row that is taken another one is read, so that the encoder has work while the rows before are taken.</summary>
    internal sealed override long GetReadEnd(long row) => row + LookAhead;

    internal sealed override long GetRunEnd(long first) => first + RowsPerStart;

    internal sealed override Delegate CreateGetter(int output, Func<int> getSlot) => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> destination) =>
    {
        var editor = VBufferEditor.Create(ref destination, Plan.Dimension);
        GetEmbeddings(getSlot(), 1).CopyTo(editor.Values);
        destination = editor.Commit();
    });

    private protected OnnxEncoderPlan Plan { get; }

    private protected OnnxThreading Threading => _session.Threading;

    /// <summary>Encodes rows that have been read, on this thread.</summary>
    internal abstract void Encode(long first, int count);

    /// <summary>The embeddings of some places within the window.</summary>
    private protected Span<float> GetEmbeddings(int slot, int count) => _embeddings.AsSpan(slot * Plan.Dimension, count * Plan.Dimension);

    /// <summary>Begins a piece of work on another thread, or does it, where runs do not go side by side.</summary>
    private protected Task Begin(Action work)
    {
        if (Threading.Runs > 1)
            return Task.Run(work);
        var task = new Task(work);
        task.RunSynchronously(TaskScheduler.Default);
        return task;
    }

    /// <summary>Runs the encoder and gives the tensors back.</summary>
    /// <param name="inputs">The tensors of the inputs; closed when the run is over.</param>
    /// <param name="read">Is given the output.</param>
    private protected void Run(OrtValue[] inputs, Action<OrtValue> read)
    {
        try
        {
            _session.Run(_names, inputs, read);
        }
        finally
        {
            foreach (var tensor in inputs)
                tensor?.Dispose();
        }
    }

    /// <summary>Refuses an embedding that is no numbers though its row is: it would go into means, indexes and files. A row with NaN has one with NaN.</summary>
    /// <exception cref="InvalidDataException">It is not finite, and all of the row is.</exception>
    private protected void CheckFinite(ReadOnlySpan<float> embedding, long row, IReadOnlyList<OnnxInputBuffer> inputs, int place)
    {
        if (float.IsFinite(TensorPrimitives.MaxMagnitude(embedding)) || inputs.Any(input => !input.IsFinite(place)))
            return;
        throw new InvalidDataException(
            $"The encoder '{_session.Model}' yields {(embedding.ContainsAny(float.PositiveInfinity, float.NegativeInfinity) ? "an infinity" : "NaN")} for row {row}, all of whose inputs are numbers. " +
            "Its weights are damaged, or what it computes leaves its type's range, as float16 exports do: take the float32 one.");
    }

    /// <summary>Takes the first embeddings out of an output.</summary>
    /// <param name="output">The output.</param>
    /// <param name="size">The rows that went in.</param>
    /// <param name="destination">Receives as many embeddings as fit.</param>
    private protected void Read(OrtValue output, int size, Span<float> destination)
    {
        var shape = output.GetTensorTypeAndShape().Shape;
        if (shape is not [var rows, var dimension] || rows != size || dimension != Plan.Dimension)
        {
            throw new InvalidDataException(
                $"The encoder's output '{Plan.OutputName}' is expected to have the shape ({size}, {Plan.Dimension}) for {size} rows, but has ({string.Join(", ", shape)}).");
        }

        if (Plan.OutputElementType == TensorElementType.Float16)
            TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<Float16, Half>(output.GetTensorDataAsSpan<Float16>())[..destination.Length], destination);
        else
            output.GetTensorDataAsSpan<float>()[..destination.Length].CopyTo(destination);
    }
}
