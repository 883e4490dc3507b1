using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Computes the statistics of one shard, the same bit for bit however many threads there are: rows are dealt to threads in runs whose length depends on their dimension alone, and runs are merged in order.
/// </summary>
internal static class ShardMeasurer
{
    // Values of a run: long enough that its own sums cost little beside it.
    private const int RunValues = 1 << 21;

    /// <summary>Reads a shard once.</summary>
    /// <param name="data">Its rows, with a column per modality of the group.</param>
    /// <param name="group">The modalities.</param>
    /// <param name="files">The shard's files.</param>
    /// <param name="options">What to compute.</param>
    /// <param name="sample">Takes the rows that are drawn.</param>
    /// <param name="progress">Is told how many rows were read since.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="InvalidDataException">A row cannot be used and <see cref="UnusableRows.Throw"/> is set.</exception>
    internal static ShardStatistics Measure(
        IDataView data, ShardGroup group, IReadOnlyList<ShardFile> files, ShardOptions options, BankSample sample, Action<int>? progress, CancellationToken cancellationToken)
    {
        var columns = group.Names.Select(name => data.Schema[name]).ToArray();
        var origins = Array.ConvertAll(columns, RowOrigins.Of);
        var key = new RowKey(options.SampleSeed, ShardStatistics.GetKey(files));
        using var cursor = data.GetRowCursor(columns);
        var getters = Array.ConvertAll(columns, column => cursor.GetGetter<VBuffer<float>>(column));
        var totals = new Totals(group.IsPaired ? options.Folds : 1);
        var runRows = Math.Max(256, RunValues / group.Dimensions.Sum());
        var pending = new Queue<Task<Run>>();
        VBuffer<float> value = default;
        try
        {
            for (long first = 0; ; first += runRows)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var rows = group.Dimensions.Select(dimension => new float[runRows * dimension]).ToArray();
                bool[]? wrong = null;
                var count = 0;
                for (; count < runRows && cursor.MoveNext(); count++)
                {
                    for (var i = 0; i < getters.Length; i++)
                    {
                        getters[i](ref value);
                        var target = rows[i].AsSpan(count * group.Dimensions[i], group.Dimensions[i]);
                        if (value.Length == target.Length)
                            value.CopyTo(target);
                        else if (options.UnusableRows == UnusableRows.Throw)
                            throw origins[i].CreateException(first + count, RowDefects.Describe(RowDefect.WrongLength, new float[value.Length], target.Length));
                        else
                            (wrong ??= new bool[runRows])[count] = true;
                    }

                    if (wrong?[count] != true)
                        sample.Offer(key, first + count, group, rows, count, options.Normalize);
                }

                if (count == 0)
                    break;
                progress?.Invoke(count);
                if (pending.Count >= Environment.ProcessorCount)
                    totals.Add(pending.Dequeue().GetAwaiter().GetResult());
                var (start, length) = (first, count);
                pending.Enqueue(Task.Run(() => Compute(group, options, origins, rows, wrong, start, length), CancellationToken.None));
                if (count < runRows)
                    break;
            }

            while (pending.TryDequeue(out var run))
                totals.Add(run.GetAwaiter().GetResult());
        }
        finally
        {
            // What still runs reads buffers of its own; its failure is not the one to tell of.
            foreach (var run in pending)
                run.ContinueWith(task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        return new ShardStatistics(group, files, totals.RowCount, totals.SkippedCount, totals.Parts);
    }

    private static Run Compute(ShardGroup group, ShardOptions options, RowOrigin[] origins, float[][] rows, bool[]? wrong, long first, int count)
    {
        var skipped = 0;
        if (group.IsPaired)
        {
            var pairs = new PairStatisticsBuilder(group.Dimensions[0], group.Dimensions[1], options.ToStatisticsOptions(), options.Folds, origins);
            for (var row = 0; row < count; row++)
            {
                if (wrong?[row] == true)
                    skipped++;
                else
                    pairs.Add(Slice(0, row, 1), Slice(1, row, 1), first + row);
            }

            return new Run(pairs.BuildFolds(), count, skipped + pairs.SkippedCount);
        }

        var builder = new ModalityStatisticsBuilder(group.Dimensions[0], options.ToStatisticsOptions(), origins[0]);
        builder.SetPosition(first);
        if (wrong is null)
        {
            builder.AddRows(Slice(0, 0, count));
        }
        else
        {
            for (var row = 0; row < count; row++)
            {
                if (wrong[row])
                    skipped++;
                else
                    builder.Add(Slice(0, row, 1));
            }
        }

        return new Run([builder.Count > 0 ? builder.Build() : null], count, skipped + builder.SkippedCount);

        ReadOnlySpan<float> Slice(int modality, int row, int length) => rows[modality].AsSpan(row * group.Dimensions[modality], length * group.Dimensions[modality]);
    }

    private sealed record Run(IReadOnlyList<ModalityStatistics?> Parts, long RowCount, long SkippedCount);

    private sealed class Totals(int parts)
    {
        internal ModalityStatistics?[] Parts { get; } = new ModalityStatistics?[parts];

        internal long RowCount { get; private set; }

        internal long SkippedCount { get; private set; }

        internal void Add(Run run)
        {
            MergeInto(Parts, run.Parts);
            RowCount += run.RowCount;
            SkippedCount += run.SkippedCount;
        }
    }

    /// <summary>Adds parts to those of the same number.</summary>
    internal static void MergeInto(ModalityStatistics?[] totals, IReadOnlyList<ModalityStatistics?> parts)
    {
        for (var i = 0; i < totals.Length; i++)
        {
            if (parts[i] is { } part)
                totals[i] = totals[i] is { } total ? ModalityStatistics.Merge(total, part) : part.WithSkippedCount(0);
        }
    }
}
