namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Rows of tokens that lose their padding: of the rows read ahead those of like length are encoded together, each run no longer than its longest row. Half of the window is read while
/// the other half is encoded; the rows come out in their order.
/// </summary>
internal sealed class SequenceBatch : EncoderBatch
{
    // So that lengths within a run are alike, and no thread waits long for another.
    private const int RunsPerThread = 2;

    private readonly PaddingCut _cut;
    private readonly OnnxInputBuffer[] _inputs;
    private readonly int _mask; // the number of the mask's input, else -1
    private readonly int _length;
    private readonly Task[] _runs; // by slot

    /// <param name="plan">The encoder.</param>
    /// <param name="session">Its open model.</param>
    /// <param name="capacity">How many rows are sorted by length at a time.</param>
    /// <param name="cut">What is known of the encoder's padding.</param>
    internal SequenceBatch(OnnxEncoderPlan plan, OnnxSession session, int capacity, PaddingCut cut)
        : base(plan, session, capacity == 1 ? 1 : checked(2 * capacity))
    {
        _cut = cut;
        _length = plan.Inputs[0].RowLength;
        _mask = PaddingCut.FindMask(plan);
        RowsPerStart = capacity;
        _runs = new Task[Window];
        Array.Fill(_runs, Task.CompletedTask);
        _inputs = [.. plan.Inputs.Select(input => OnnxInputBuffer.Create(input, Window))];
    }

    internal override int LookAhead => Window;

    internal override int RowsPerStart { get; }

    internal override Action<long> CreateReader(DataViewRow row, IReadOnlyList<DataViewSchema.Column> columns)
    {
        var readers = _inputs.Select((input, i) => input.CreateReader(row, columns[i])).ToArray();
        return number =>
        {
            foreach (var reader in readers)
                reader(GetSlot(number));
        };
    }

    internal override void Start(long first, int count)
    {
        var slots = Enumerable.Range(0, count).Select(i => GetSlot(first + i)).ToArray();
        var lengths = Array.ConvertAll(slots, FindLength);
        Array.Sort(lengths, slots);
        var rowsPerRun = Math.Max(OnnxThreading.MinimumRowsPerRun, (RowsPerStart + (RunsPerThread * Threading.Runs) - 1) / (RunsPerThread * Threading.Runs));

        // The longest rows first: the shorter runs fill what time is left at the end.
        for (var end = count; end > 0; end -= rowsPerRun)
        {
            var start = Math.Max(0, end - rowsPerRun);
            var (rows, length) = (slots[start..end], lengths[end - 1]);
            var run = Begin(() => Encode(first, rows, length));
            foreach (var slot in rows)
                _runs[slot] = run;
        }

        // While rows decide what is known of the encoder nothing else begins, so that it does not depend on the threads. Rows without padding decide nothing.
        if (_cut.IsOpen && lengths[0] < _length)
            Settle();
    }

    internal override void Wait(long row) => _runs[GetSlot(row)].GetAwaiter().GetResult();

    internal override void Settle() => Array.ForEach(_runs, Settle);

    internal override void Encode(long first, int count)
    {
        var slots = Enumerable.Range(0, count).Select(i => GetSlot(first + i)).ToArray();
        Encode(first, slots, slots.Max(FindLength));
    }

    /// <param name="first">A row that none of them is before.</param>
    /// <param name="slots">Where they are.</param>
    /// <param name="length">Their longest's length.</param>
    private void Encode(long first, int[] slots, int length)
    {
        var embeddings = new float[slots.Length * Plan.Dimension];
        if (length == _length || !_cut.MayCut)
        {
            Run(slots, _length, embeddings);
        }
        else if (_cut.IsOpen)
        {
            var whole = new float[embeddings.Length];
            Run(slots, _length, whole);
            (TryRun(slots, length, embeddings) && _cut.Compare(whole, embeddings, Plan.Dimension, length, _length) ? embeddings : whole).CopyTo(embeddings, 0);
        }
        else if (!TryRun(slots, length, embeddings))
        {
            Run(slots, _length, embeddings);
        }

        for (var i = 0; i < slots.Length; i++)
        {
            var embedding = embeddings.AsSpan(i * Plan.Dimension, Plan.Dimension);
            CheckFinite(embedding, first + (slots[i] - GetSlot(first) + Window) % Window, _inputs, slots[i]);
            embedding.CopyTo(GetEmbeddings(slots[i], 1));
        }
    }

    /// <summary>Runs shortened rows; where the encoder cannot, it will not be asked again.</summary>
    private bool TryRun(int[] slots, int length, float[] destination)
    {
        try
        {
            Run(slots, length, destination);
            return true;
        }
        catch (Exception exception) when (exception is InvalidOperationException and not ObjectDisposedException)
        {
            _cut.Refuse($"it does not run on rows of {length} tokens ({exception.Message})");
            return false;
        }
    }

    private void Run(int[] slots, int length, float[] destination) =>
        Run([.. _inputs.Select(input => input.CreateTensor(slots, length))], output => Read(output, slots.Length, destination));

    private int FindLength(int slot) => _inputs[_mask < 0 ? 0 : _mask].FindLength(slot, isMask: _mask >= 0);
}
