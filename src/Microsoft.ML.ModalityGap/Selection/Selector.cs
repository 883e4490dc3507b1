using System.Collections.Concurrent;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Cross-validates candidates on pairs, or on items with several rows, in memory.</summary>
/// <param name="host">For data views, and progress.</param>
/// <param name="first">The first modality's column.</param>
/// <param name="second">The second's.</param>
/// <param name="options">How.</param>
/// <param name="maxDegreeOfParallelism">How many parts are measured at a time, each on one thread and in memory of its own; −1 for as many as there are processors. What is measured does not depend on it.</param>
/// <param name="freeBuffers">Memory of parts that are done with; <see langword="null"/> for new one.</param>
internal sealed class Selector(
    IHost host, string first, string second, SelectionOptions options, int maxDegreeOfParallelism = -1, ConcurrentBag<FitBuffers>? freeBuffers = null)
{
    private const int MinimumPairs = 20;

    // Items of so many rows are taken for classes, of which new rows are to be told apart; photos with five captions are none.
    private const int MinimumRowsOfClass = 8;

    // Beyond that the matrices of several parts together take too much memory; products then use all cores by themselves.
    private const int MostItemsAtOnce = 2_000;

    private readonly ModalityColumns _columns = ModalityColumns.PerColumn(first, second);
    private readonly ConcurrentBag<FitBuffers> _freeBuffers = freeBuffers ?? [];

    /// <summary>How many parts of so many units may be measured at a time: as many as asked for, or one.</summary>
    internal static int LimitThreads(int unitCount, int maxDegreeOfParallelism) => unitCount <= MostItemsAtOnce ? maxDegreeOfParallelism : 1;

    internal SelectionResult Select(IDataView data)
    {
        using var channel = host.Start("Select a method");
        var pairs = EmbeddingPairs.Load(host, data, first, second, options.UnusableRows);
        if (pairs.SkippedCount > 0)
            channel.Warning($"{pairs.SkippedCount} of {pairs.SkippedCount + pairs.Count} pairs of '{first}' and '{second}' could not be used and were left out.");
        return Select(PairSet.OfPairs(pairs.First, pairs.Second, pairs.Dimension), pairs.SkippedCount);
    }

    /// <summary>The same of unit rows in memory.</summary>
    internal SelectionResult Select(PairSet set, long skippedCount)
    {
        var needed = Math.Max(MinimumPairs, 2 * options.Folds);
        if (set.ItemCount > 1 && set.ItemCount < needed && set.DealRows() is var rows && rows.UnitCount >= Math.Max(needed, MinimumRowsOfClass * set.ItemCount))
            set = rows;
        if (set.UnitCount < needed)
        {
            throw new InvalidDataException(
                $"'{first}' and '{second}' have {set.ItemCount} usable {(set.IsPaired ? "pairs" : "items with rows of both")}, but comparing methods takes at least {needed}; a few hundred say something.");
        }

        if (set.UnitCount > options.MaximumPairs)
            set = set.Take(RowSampler.Choose(set.UnitCount, options.MaximumPairs, options.Seed)).Renumber();
        var candidates = GetCandidates(set.UnitCount - set.UnitCount / options.Folds, set.Dimension);
        var parts = options.Repeats * options.Folds;
        var measured = new PairMeasures[parts][];
        var times = new TimeSpan[parts][];
        using (var progress = host.StartProgressChannel("Select a method"))
        {
            var done = 0;
            progress.SetHeader(new ProgressHeader("fits"), entry => entry.SetProgress(0, Volatile.Read(ref done), parts * candidates.Length));

            // Candidates of the caller's own need not bear several threads.
            var threads = options.Candidates.Count == 0 && !options.IncludeTrained ? LimitThreads(set.UnitCount, maxDegreeOfParallelism) : 1;
            ParallelFor.Run(parts, threads, part =>
            {
                options.CancellationToken.ThrowIfCancellationRequested();
                var buffers = _freeBuffers.TryTake(out var free) ? free : new FitBuffers();
                var (fitted, held) = Split(set.UnitCount, part / options.Folds, part % options.Folds);
                times[part] = new TimeSpan[candidates.Length];
                measured[part] = new CandidateFit(host, _columns, set, fitted, held, unchecked(options.Seed * parts + part), buffers).Run(candidates, times[part], () =>
                {
                    options.CancellationToken.ThrowIfCancellationRequested();
                    var count = Interlocked.Increment(ref done);
                    options.Progress?.Report((double)count / (parts * candidates.Length));
                });
                _freeBuffers.Add(buffers);
            });
            progress.Checkpoint(done);
        }

        var measures = candidates.Select(_ => new PairMeasures(set.UnitCount)).ToArray();
        foreach (var part in measured)
        {
            for (var i = 0; i < measures.Length; i++)
                measures[i].Add(part[i]);
        }

        var means = Enumerable.Range(0, candidates.Length).Select(i => times.Aggregate(TimeSpan.Zero, (sum, part) => sum + part[i]) / parts).ToArray();
        return new SelectionSummary(first, second, options).Create(candidates, measures, means, set, skippedCount);
    }

    private (int[] Fitted, int[] Held) Split(int count, int repeat, int fold)
    {
        var order = Enumerable.Range(0, count).ToArray();
        new Random(unchecked(options.Seed * 7919 + repeat)).Shuffle(order);
        return ([.. order.Where((_, i) => i % options.Folds != fold)], [.. order.Where((_, i) => i % options.Folds == fold)]);
    }

    private SelectionCandidate[] GetCandidates(int fitCount, int dimension)
    {
        var all = SelectionCandidates.Create(host, fitCount, dimension);
        SelectionCandidate[] added = [.. options.Candidates, .. options.IncludeTrained ? SelectionCandidates.CreateTrained(host) : []];

        // Without the grid there is still what the others are measured against.
        SelectionCandidate[] grid = [.. all.Where(candidate => options.IncludeGrid
            || (candidate.Name is SelectionCandidates.Raw or SelectionCandidates.Center && added.All(other => other.Name != candidate.Name)))];
        SelectionCandidate[] together = [.. grid, .. added];
        return together.GroupBy(candidate => candidate.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? throw new ArgumentException(
                $"The candidate '{twice.Key}' is given twice{(grid.Any(candidate => candidate.Name == twice.Key) ? ": the default grid has one of that name. Give yours another" : "")}.")
            : together;
    }
}
