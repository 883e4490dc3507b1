namespace Microsoft.ML.ModalityGap;

/// <summary>
/// The pairs of a training: those held out and those trained on, dealt as shuffled batches. What fits in memory is read once and shuffled as a whole; other data
/// is read anew each epoch, in pieces that are shuffled each.
/// </summary>
internal sealed class TrainingPairs
{
    /// <summary>Held-out pairs stay in memory, and are mapped after each epoch.</summary>
    internal const int MaximumHeldOut = 20_000;

    /// <summary>Retrieval takes all against all.</summary>
    internal const int MeasuredPairs = 2_048;

    private const long DefaultMemory = 1L << 30;

    private readonly PairReader _reader;
    private readonly TrainModalityNormalizationOptions _options;
    private readonly ulong _seed;
    private readonly PairBlock? _all;
    private readonly int[] _trainedRows = [];
    private readonly HashSet<(ulong, ulong)> _heldOutIds = [];
    private readonly PairBlock? _piece;

    /// <exception cref="InvalidDataException">There are too few usable pairs, or one cannot be used and such are not to be left out.</exception>
    internal TrainingPairs(PairReader reader, TrainModalityNormalizationOptions options)
    {
        (_reader, _options) = (reader, options);
        _seed = SplitMix64.Mix((ulong)(uint)options.Seed);
        var bytesPerPair = (long)(reader.Dimensions[0] + reader.Dimensions[1]) * sizeof(float);
        var capacity = Math.Min(options.ShuffleSize ?? (int)Math.Min(DefaultMemory / bytesPerPair, int.MaxValue), Array.MaxLength / reader.Dimensions.Max());
        long usable;
        (var loaded, var isAll, usable, SkippedCount) = Load(capacity);
        if (isAll)
        {
            _all = loaded;
        }
        else
        {
            // What did not hold all holds one piece after the other, each of whole batches.
            loaded.Resize(Math.Max(1, capacity / options.BatchSize) * options.BatchSize);
            _piece = loaded;
        }

        var heldOut = CountHeldOut(usable);
        HasHeldOut = heldOut > 0;
        TrainedCount = usable - heldOut;
        if (TrainedCount < 2)
            throw new InvalidDataException($"There are {usable} usable pairs{(SkippedCount > 0 ? $" ({SkippedCount} left out)" : "")}, of which {heldOut} are held out; at least 2 are needed to train on.");

        // The rows whose shuffled number is below a limit are held out; or, without any held out, looked at after each epoch.
        var order = new RowPermutation(usable, options.Seed);
        var watched = HasHeldOut ? heldOut : (int)Math.Min(usable, MeasuredPairs);
        Watched = new PairBlock(reader.Dimensions, watched);
        var statistics = new ModalityStatisticsOptions { Normalize = options.NormalizeInput, Moments = ModalityMoments.Variance };
        ModalityStatisticsBuilder[] builders = [new(reader.Dimensions[0], statistics), new(reader.Dimensions[1], statistics)];
        if (_all is not null)
            _trainedRows = Split(_all, order, builders);
        else
            SplitAgain(order, builders);
        Statistics = [.. builders.Select(builder => builder.Build())];
    }

    /// <summary>Pairs trained on.</summary>
    internal long TrainedCount { get; }

    /// <summary>Pairs left out because a row of them cannot be used.</summary>
    internal long SkippedCount { get; }

    /// <summary>Whether <see cref="Watched"/> are kept from training.</summary>
    internal bool HasHeldOut { get; }

    /// <summary>What is measured after each epoch.</summary>
    internal PairBlock Watched { get; }

    /// <summary>Of the rows trained on, per modality; with variances.</summary>
    internal IReadOnlyList<ModalityStatistics> Statistics { get; }

    /// <summary>Whether everything stays in memory.</summary>
    internal bool IsInMemory => _all is not null;

    /// <summary>A rest of at least half a batch is a batch, too; a smaller one is left out of this epoch, since it would normalise by too few rows.</summary>
    internal long BatchesPerEpoch => Math.Max(1, TrainedCount / _options.BatchSize + (TrainedCount % _options.BatchSize >= Math.Max(2, _options.BatchSize / 2) ? 1 : 0));

    /// <summary>The batches of an epoch in its order. A batch can be read until the next comes.</summary>
    /// <param name="epoch">From 0.</param>
    /// <param name="firstBatch">How many batches to leave out, since they have been trained on before an interruption.</param>
    internal IEnumerable<TrainingBatch<float>> ReadEpoch(int epoch, long firstBatch)
    {
        long number = 0;
        foreach (var (piece, rows) in ReadPieces(epoch))
        {
            for (var from = 0; from < rows.Length && number < BatchesPerEpoch; from += _options.BatchSize, number++)
            {
                if (number < firstBatch)
                    continue;
                var count = Math.Min(_options.BatchSize, rows.Length - from);
                yield return new TrainingBatch<float>(piece.GetBatch(0, rows, from, count), piece.GetBatch(1, rows, from, count));
            }
        }

        if (number < BatchesPerEpoch)
            throw new InvalidDataException($"The data ended after {number} batches of epoch {epoch + 1}, where {BatchesPerEpoch} are expected: it must yield the same rows each time.");
    }

    private IEnumerable<(PairBlock Piece, int[] Rows)> ReadPieces(int epoch)
    {
        var epochSeed = SplitMix64.Mix(_seed + (ulong)epoch);
        if (_all is not null)
        {
            var rows = _trainedRows.ToArray();
            new SplitMix64(epochSeed).Shuffle(rows);
            yield return (_all, rows);
            yield break;
        }

        using var pass = _reader.Open((int)(epochSeed >> 33));
        for (var number = 1UL; Fill(_piece!, pass); number++)
        {
            var rows = Enumerable.Range(0, _piece!.Count).ToArray();
            new SplitMix64(SplitMix64.Mix(epochSeed + number)).Shuffle(rows);
            yield return (_piece, rows);
        }
    }

    private bool Fill(PairBlock piece, PairReader.Pass pass)
    {
        piece.Count = 0;
        while (piece.Count < piece.Capacity && piece.TryRead(pass))
        {
            if (_heldOutIds.Count > 0 && _heldOutIds.Contains(GetKey(pass)))
                piece.Count--;
        }

        return piece.Count > 0;
    }

    /// <summary>Reads all pairs, if they are no more than there may be in memory; else only counts them, and leaves a block that is as large as may be.</summary>
    private (PairBlock Loaded, bool IsAll, long Usable, long Skipped) Load(int capacity)
    {
        // One more than there are, so that the end comes before more room is made.
        var loaded = new PairBlock(_reader.Dimensions, (int)Math.Clamp((_reader.RowCount ?? 1024) + 1, 2, capacity));
        using var pass = _reader.Open();
        while (loaded.TryRead(pass))
        {
            if (loaded.Count < loaded.Capacity)
                continue;
            if (loaded.Capacity == capacity)
                break;
            loaded.Resize((int)Math.Min(capacity, 2L * loaded.Capacity));
        }

        // Whether there is one more decides.
        var next = new PairBlock(_reader.Dimensions, 1);
        while (loaded.Count == capacity && next.TryRead(pass))
            next.Count = 0;
        return (loaded, pass.Count == loaded.Count, pass.Count, pass.Skipped);
    }

    private int CountHeldOut(long usable) =>
        _options.ValidationFraction == 0 ? 0 : (int)Math.Clamp(Math.Round(usable * _options.ValidationFraction), Math.Min(2, usable), MaximumHeldOut);

    private int[] Split(PairBlock all, RowPermutation order, ModalityStatisticsBuilder[] builders)
    {
        var trained = new List<int>((int)TrainedCount);
        for (var row = 0; row < all.Count; row++)
        {
            if (Watch(all, row, order, row))
                continue;
            trained.Add(row);
            for (var side = 0; side < 2; side++)
                builders[side].Add(all.GetRow(side, row));
        }

        return [.. trained];
    }

    /// <summary>Goes over data that is not kept once more.</summary>
    private void SplitAgain(RowPermutation order, ModalityStatisticsBuilder[] builders)
    {
        var next = new PairBlock(_reader.Dimensions, 1);
        using var pass = _reader.Open();
        for (var row = 0L; next.TryRead(pass); row++)
        {
            next.Count = 0;
            if (Watch(next, 0, order, row))
            {
                _heldOutIds.Add(GetKey(pass));
                continue;
            }

            for (var side = 0; side < 2; side++)
                builders[side].Add(next.GetRow(side, 0));
        }
    }

    /// <summary>Keeps a pair that is to be watched.</summary>
    /// <returns>Whether it is held out.</returns>
    private bool Watch(PairBlock source, int sourceRow, RowPermutation order, long row)
    {
        if (order.Apply(row) >= Watched.Capacity)
            return false;
        Watched.Add(source, sourceRow);
        return HasHeldOut;
    }

    private static (ulong, ulong) GetKey(PairReader.Pass pass)
    {
        var id = pass.Id;
        return (id.Low, id.High);
    }
}
