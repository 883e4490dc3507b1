using Microsoft.ML.OnnxRuntime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Rows encoded in the order in which they come, each as it is.</summary>
internal sealed class OnnxBatch : EncoderBatch
{
    // More runs than threads, so that the first can start while the rest of the batch is still being read.
    private const int RunsPerThread = 4;

    private readonly OnnxInputBuffer[] _inputs;
    private readonly Task[] _runs;
    private readonly int _places;

    /// <param name="plan">The encoder.</param>
    /// <param name="session">Its open model.</param>
    /// <param name="capacity">The most rows that are read ahead.</param>
    internal OnnxBatch(OnnxEncoderPlan plan, OnnxSession session, int capacity)
        : this(plan, session, capacity, FindRowsPerRun(plan, session, capacity))
    {
    }

    private OnnxBatch(OnnxEncoderPlan plan, OnnxSession session, int capacity, int rowsPerRun)
        : base(plan, session, checked((capacity + rowsPerRun - 1) / rowsPerRun * rowsPerRun))
    {
        LookAhead = capacity;
        RowsPerStart = rowsPerRun;
        var runs = Window / rowsPerRun;
        _runs = new Task[runs + 1]; // a last, short run begins while the first of the window is still being taken
        Array.Fill(_runs, Task.CompletedTask);
        _places = Math.Min(runs, session.Threading.Runs + 1);
        var size = plan.HasFixedBatch ? plan.BatchSize : rowsPerRun * _places;
        _inputs = [.. plan.Inputs.Select(input => OnnxInputBuffer.Create(input, size))];
    }

    internal override int LookAhead { get; }

    internal override int RowsPerStart { get; }

    /// <summary>
    /// The inputs' memory has places for the runs in progress and one more, and is used over and over, so that it stays small; the reader waits where the next place is still in use.
    /// </summary>
    internal override Action<long> CreateReader(DataViewRow row, IReadOnlyList<DataViewSchema.Column> columns)
    {
        var readers = _inputs.Select((input, i) => input.CreateReader(row, columns[i])).ToArray();
        return number =>
        {
            if (number % RowsPerStart == 0 && number / RowsPerStart is var run && run >= _places)
                Task.WaitAny(GetRun(run - _places));
            foreach (var reader in readers)
                reader(GetPlace(number));
        };
    }

    internal override void Start(long first, int count) => GetRun(first / RowsPerStart) = Begin(() => Encode(first, count));

    internal override void Wait(long row) => GetRun(row / RowsPerStart).GetAwaiter().GetResult();

    internal override void Settle() => Array.ForEach(_runs, Settle);

    internal override void Encode(long first, int count)
    {
        var size = GetSize(count);
        Run(CreateTensors(GetPlace(first), count, size), output => Read(output, size, GetEmbeddings(GetSlot(first), count)));
        for (var i = 0; i < count; i++)
            CheckFinite(GetEmbeddings(GetSlot(first) + i, 1), first + i, _inputs, GetPlace(first) + i);
    }

    /// <summary>Encodes a row of zeros to see the embedding's dimension where the model does not state it.</summary>
    internal int FindDimension()
    {
        var found = 0;
        var size = GetSize(1);
        Run(CreateTensors(0, 1, size), output =>
        {
            var shape = output.GetTensorTypeAndShape().Shape;
            if (shape is not [var rows, > 0 and <= int.MaxValue and var dimension] || rows != size)
            {
                throw new InvalidDataException(
                    $"The encoder's output '{Plan.OutputName}' is expected to have the shape (batch, d), but a run with {size} rows gave ({string.Join(", ", shape)}).");
            }

            found = (int)dimension;
        });
        return found;
    }

    private static int FindRowsPerRun(OnnxEncoderPlan plan, OnnxSession session, int capacity) => plan.HasFixedBatch || session.Threading.Runs == 1
        ? capacity
        : Math.Min(capacity, Math.Max(OnnxThreading.MinimumRowsPerRun, capacity / (RunsPerThread * session.Threading.Runs)));

    private ref Task GetRun(long run) => ref _runs[run % _runs.Length];

    private int GetPlace(long row) => (int)((row / RowsPerStart % _places * RowsPerStart) + (row % RowsPerStart));

    private int GetSize(int count) => Plan.HasFixedBatch ? Plan.BatchSize : count;

    private OrtValue[] CreateTensors(int place, int count, int size)
    {
        if (size > count)
        {
            foreach (var input in _inputs)
                input.Repeat(place + count, place + size);
        }

        return [.. _inputs.Select(input => input.CreateTensor(place, size))];
    }
}
