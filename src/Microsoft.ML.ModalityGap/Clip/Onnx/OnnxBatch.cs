using System.Numerics.Tensors;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>Rows on their way through an encoder: read into the inputs' memory, encoded together, and taken out again one by one.</summary>
internal sealed class OnnxBatch
{
    // More runs than threads, so that the first can start while the rest of the batch is still being read.
    private const int RunsPerThread = 4;

    private readonly OnnxEncoderPlan _plan;
    private readonly OnnxSession _session;
    private readonly string[] _names;
    private readonly OnnxInputBuffer[] _inputs;
    private readonly float[] _embeddings;
    private readonly List<Task> _runs = [];
    private readonly int _places;

    /// <param name="plan">The encoder.</param>
    /// <param name="session">Its open model.</param>
    /// <param name="capacity">The most rows that are to be encoded at once.</param>
    internal OnnxBatch(OnnxEncoderPlan plan, OnnxSession session, int capacity)
    {
        _plan = plan;
        _session = session;
        _names = [.. plan.Inputs.Select(input => input.Name)];
        _embeddings = new float[checked(capacity * plan.Dimension)];
        RowsPerRun = plan.HasFixedBatch || session.Threading.Runs == 1
            ? capacity
            : Math.Max(OnnxThreading.MinimumRowsPerRun, capacity / (RunsPerThread * session.Threading.Runs));
        _places = RowsPerRun == capacity ? 1 : session.Threading.Runs + 1;
        var size = plan.HasFixedBatch ? plan.BatchSize : RowsPerRun * _places;
        _inputs = [.. plan.Inputs.Select(input => OnnxInputBuffer.Create(input, size))];
    }

    /// <summary>The rows one run takes, the whole batch where it is not split.</summary>
    internal int RowsPerRun { get; }

    /// <summary>
    /// Makes the reader that takes all inputs of the current row and puts them into the batch. The inputs' memory has places for the runs in progress and one
    /// more, and is used over and over, so that it stays small; the reader waits where the next place is still in use.
    /// </summary>
    internal BatchRowReader CreateReader(DataViewRow row, IReadOnlyList<DataViewSchema.Column> columns)
    {
        var readers = _inputs.Select((input, i) => input.CreateReader(row, columns[i])).ToArray();
        return index =>
        {
            var run = index / RowsPerRun;
            if (index % RowsPerRun == 0 && run >= _places)
                _runs[run - _places].GetAwaiter().GetResult();
            foreach (var reader in readers)
                reader(GetPlace(index));
        };
    }

    /// <summary>Begins to encode rows that have been read, on another thread; where batches are not split, encodes them.</summary>
    internal void Start(int first, int count)
    {
        if (_session.Threading.Runs == 1)
            Encode(first, count);
        else
            _runs.Add(Task.Run(() => Encode(first, count)));
    }

    /// <summary>Waits for all that was begun, and takes a hand in it. Throws what the first run threw.</summary>
    internal void Complete()
    {
        ExceptionDispatchInfo? failure = null;
        foreach (var run in _runs)
        {
            try
            {
                run.GetAwaiter().GetResult();
            }
            catch (Exception exception)
            {
                failure ??= ExceptionDispatchInfo.Capture(exception);
            }
        }

        _runs.Clear();
        failure?.Throw();
    }

    /// <summary>Encodes rows that have been read.</summary>
    internal void Encode(int first, int count) => Run(first, count, (output, size) =>
    {
        var shape = output.GetTensorTypeAndShape().Shape;
        if (shape is not [var rows, var dimension] || rows != size || dimension != _plan.Dimension)
        {
            throw new InvalidDataException(
                $"The encoder's output '{_plan.OutputName}' is expected to have the shape ({size}, {_plan.Dimension}) for {size} rows, but has ({string.Join(", ", shape)}).");
        }

        var destination = _embeddings.AsSpan(first * _plan.Dimension, count * _plan.Dimension);
        if (_plan.OutputElementType == TensorElementType.Float16)
            TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<Float16, Half>(output.GetTensorDataAsSpan<Float16>())[..destination.Length], destination);
        else
            output.GetTensorDataAsSpan<float>()[..destination.Length].CopyTo(destination);
    });

    /// <summary>The embedding of a row of the batch that was encoded last.</summary>
    internal ReadOnlySpan<float> GetEmbedding(int index) => _embeddings.AsSpan(index * _plan.Dimension, _plan.Dimension);

    /// <summary>Encodes a row of zeros to see the embedding's dimension where the model does not state it.</summary>
    internal int FindDimension()
    {
        var found = 0;
        Run(first: 0, count: 1, (output, size) =>
        {
            var shape = output.GetTensorTypeAndShape().Shape;
            if (shape is not [var rows, > 0 and <= int.MaxValue and var dimension] || rows != size)
            {
                throw new InvalidDataException(
                    $"The encoder's output '{_plan.OutputName}' is expected to have the shape (batch, d), but a run with {size} rows gave ({string.Join(", ", shape)}).");
            }

            found = (int)dimension;
        });
        return found;
    }

    private int GetPlace(int index) => (index / RowsPerRun % _places * RowsPerRun) + (index % RowsPerRun);

    private void Run(int first, int count, Action<OrtValue, int> read)
    {
        var place = GetPlace(first);
        var size = _plan.HasFixedBatch ? _plan.BatchSize : count;
        var tensors = new OrtValue[_inputs.Length];
        try
        {
            for (var i = 0; i < tensors.Length; i++)
            {
                if (size > count)
                    _inputs[i].Repeat(place + count, place + size);
                tensors[i] = _inputs[i].CreateTensor(place, size);
            }

            _session.Run(_names, tensors, output => read(output, size));
        }
        finally
        {
            foreach (var tensor in tensors)
                tensor?.Dispose();
        }
    }
}
