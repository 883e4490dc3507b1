using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Rows on their way through an encoder: read into the inputs' memory, encoded in runs of several rows, and taken out again one by one. Rows are counted
/// from the first that was ever read; a row's embedding stays until the row a window's length later is encoded.
/// </summary>
internal sealed class OnnxBatch
{
    // More runs than threads, so that the first can start while the rest of the batch is still being read.
    private const int RunsPerThread = 4;

    private readonly OnnxEncoderPlan _plan;
    private readonly OnnxSession _session;
    private readonly string[] _names;
    private readonly OnnxInputBuffer[] _inputs;
    private readonly float[] _embeddings;
    private readonly Task[] _runs;
    private readonly int _places;

    /// <param name="plan">The encoder.</param>
    /// <param name="session">Its open model.</param>
    /// <param name="capacity">The most rows that are read ahead.</param>
    internal OnnxBatch(OnnxEncoderPlan plan, OnnxSession session, int capacity)
    {
        _plan = plan;
        _session = session;
        _names = [.. plan.Inputs.Select(input => input.Name)];
        RowsPerRun = plan.HasFixedBatch || session.Threading.Runs == 1
            ? capacity
            : Math.Min(capacity, Math.Max(OnnxThreading.MinimumRowsPerRun, capacity / (RunsPerThread * session.Threading.Runs)));
        var runs = (capacity + RowsPerRun - 1) / RowsPerRun;
        Window = checked(runs * RowsPerRun);
        _runs = new Task[runs + 1]; // a last, short run begins while the first of the window is still being taken
        Array.Fill(_runs, Task.CompletedTask);
        _embeddings = new float[checked(Window * plan.Dimension)];
        _places = Math.Min(runs, session.Threading.Runs + 1);
        var size = plan.HasFixedBatch ? plan.BatchSize : RowsPerRun * _places;
        _inputs = [.. plan.Inputs.Select(input => OnnxInputBuffer.Create(input, size))];
    }

    /// <summary>The rows one run takes, all that are read ahead where these are not split.</summary>
    internal int RowsPerRun { get; }

    /// <summary>How many rows have a place for what comes out: a whole number of runs, at least the capacity.</summary>
    internal int Window { get; }

    /// <summary>
    /// Makes the reader that takes all inputs of the current row and puts them into the batch. The inputs' memory has places for the runs in progress and one
    /// more, and is used over and over, so that it stays small; the reader waits where the next place is still in use.
    /// </summary>
    internal Action<long> CreateReader(DataViewRow row, IReadOnlyList<DataViewSchema.Column> columns)
    {
        var readers = _inputs.Select((input, i) => input.CreateReader(row, columns[i])).ToArray();
        return number =>
        {
            if (number % RowsPerRun == 0 && number / RowsPerRun is var run && run >= _places)
                Task.WaitAny(GetRun(run - _places));
            foreach (var reader in readers)
                reader(GetPlace(number));
        };
    }

    /// <summary>
    /// Begins to encode the rows of a run that have been read, on another thread; where batches are not split, encodes them. What fails is thrown by
    /// <see cref="Wait"/>.
    /// </summary>
    internal void Start(long first, int count)
    {
        ref var run = ref GetRun(first / RowsPerRun);
        if (_session.Threading.Runs == 1)
        {
            run = new Task(() => Encode(first, count));
            run.RunSynchronously(TaskScheduler.Default);
        }
        else
        {
            run = Task.Run(() => Encode(first, count));
        }
    }

    /// <summary>Waits until a row is encoded, and takes a hand in it. Throws what its run threw.</summary>
    internal void Wait(long row) => GetRun(row / RowsPerRun).GetAwaiter().GetResult();

    /// <summary>Waits for all that was begun; what it threw is left to <see cref="Wait"/>.</summary>
    internal void Settle()
    {
        foreach (var run in _runs)
            Task.WaitAny(run);
    }

    /// <summary>Encodes rows that have been read.</summary>
    internal void Encode(long first, int count) => Run(first, count, (output, size) =>
    {
        var shape = output.GetTensorTypeAndShape().Shape;
        if (shape is not [var rows, var dimension] || rows != size || dimension != _plan.Dimension)
        {
            throw new InvalidDataException(
                $"The encoder's output '{_plan.OutputName}' is expected to have the shape ({size}, {_plan.Dimension}) for {size} rows, but has ({string.Join(", ", shape)}).");
        }

        var destination = _embeddings.AsSpan(GetSlot(first) * _plan.Dimension, count * _plan.Dimension);
        if (_plan.OutputElementType == TensorElementType.Float16)
            TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<Float16, Half>(output.GetTensorDataAsSpan<Float16>())[..destination.Length], destination);
        else
            output.GetTensorDataAsSpan<float>()[..destination.Length].CopyTo(destination);
    });

    /// <summary>The embedding of a row that was encoded.</summary>
    internal ReadOnlySpan<float> GetEmbedding(long row) => _embeddings.AsSpan(GetSlot(row) * _plan.Dimension, _plan.Dimension);

    /// <summary>Where what belongs to a row stands within the window.</summary>
    internal int GetSlot(long row) => (int)(row % Window);

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

    private ref Task GetRun(long run) => ref _runs[run % _runs.Length];

    private int GetPlace(long row) => (int)((row / RowsPerRun % _places * RowsPerRun) + (row % RowsPerRun));

    private void Run(long first, int count, Action<OrtValue, int> read)
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
