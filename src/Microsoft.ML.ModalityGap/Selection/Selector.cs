using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Cross-validates candidates on pairs in memory.</summary>
internal sealed class Selector(IHost host, string first, string second, SelectionOptions options)
{
    private const int MinimumPairs = 20;

    private readonly ModalityColumns _columns = ModalityColumns.PerColumn(first, second);

    internal SelectionResult Select(IDataView data)
    {
        using var channel = host.Start("Select a method");
        var pairs = EmbeddingPairs.Load(host, data, first, second, options.UnusableRows);
        if (pairs.SkippedCount > 0)
            channel.Warning($"{pairs.SkippedCount} of {pairs.SkippedCount + pairs.Count} pairs of '{first}' and '{second}' could not be used and were left out.");
        var chosen = RowSampler.Choose(pairs.Count, options.MaximumPairs, options.Seed);
        return Select([.. new[] { pairs.First, pairs.Second }.Select(values => RowSampler.Take(values, pairs.Dimension, chosen))], pairs.Dimension, pairs.SkippedCount);
    }

    /// <summary>The same of unit rows in memory.</summary>
    internal SelectionResult Select(float[][] rows, int dimension, long skippedCount)
    {
        var count = rows[0].Length / dimension;
        var needed = Math.Max(MinimumPairs, 2 * options.Folds);
        if (count < needed)
            throw new InvalidDataException($"'{first}' and '{second}' have {count} usable pairs, but comparing methods takes at least {needed}; a few hundred say something.");

        var candidates = GetCandidates(count - count / options.Folds, dimension);
        var measures = candidates.Select(_ => new PairMeasures(count)).ToArray();
        var times = new TimeSpan[candidates.Count];
        using (var progress = host.StartProgressChannel("Select a method"))
        {
            var done = 0;
            var total = options.Repeats * options.Folds * candidates.Count;
            progress.SetHeader(new ProgressHeader("fits"), entry => entry.SetProgress(0, Volatile.Read(ref done), total));
            for (var repeat = 0; repeat < options.Repeats; repeat++)
            {
                var order = Enumerable.Range(0, count).ToArray();
                new Random(unchecked(options.Seed * 7919 + repeat)).Shuffle(order);
                for (var fold = 0; fold < options.Folds; fold++)
                    Measure(rows, dimension, order, fold, candidates, measures, times, () => Interlocked.Increment(ref done));
            }

            progress.Checkpoint(done);
        }

        for (var i = 0; i < times.Length; i++)
            times[i] /= options.Repeats * options.Folds;
        return Summarize(candidates, measures, times, count, skippedCount);
    }

    private IReadOnlyList<SelectionCandidate> GetCandidates(int fitCount, int dimension)
    {
        var all = SelectionCandidates.Create(host, fitCount, dimension);
        IReadOnlyList<SelectionCandidate> trained = options.IncludeTrained ? SelectionCandidates.CreateTrained(host) : [];
        if (options.Candidates is null)
            return [.. all, .. trained];
        SelectionCandidate[] given = [.. options.Candidates, .. trained];
        if (given.GroupBy(candidate => candidate.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ArgumentException($"The candidate '{twice.Key}' is given twice.");

        // What the others are measured against.
        return [.. all.Where(candidate => candidate.Name is SelectionCandidates.Raw or SelectionCandidates.Center && given.All(other => other.Name != candidate.Name)), .. given];
    }

    private void Measure(
        float[][] rows, int dimension, int[] order, int fold, IReadOnlyList<SelectionCandidate> candidates, PairMeasures[] measures, TimeSpan[] times, Action completed)
    {
        var held = order.Where((_, i) => i % options.Folds == fold).ToArray();
        var fit = new CandidateFit(host, _columns, rows, dimension, [.. order.Where((_, i) => i % options.Folds != fold)], held);
        for (var i = 0; i < candidates.Count; i++)
        {
            options.CancellationToken.ThrowIfCancellationRequested();
            times[i] += fit.Run(candidates[i], measures[i]);
            completed();
        }
    }

    private SelectionResult Summarize(IReadOnlyList<SelectionCandidate> candidates, PairMeasures[] measures, TimeSpan[] times, int count, long skipped)
    {
        var bootstrap = new Bootstrap(options.BootstrapSamples, 0.95, options.Seed);
        var raw = IndexOf(SelectionCandidates.Raw);
        var limit = measures[IndexOf(SelectionCandidates.Center)].Gap + options.GapTolerance;
        var rawRecall = MeanHits(measures[raw]);
        var entries = candidates.Select((candidate, i) =>
        {
            var measured = measures[i];
            var recall = MeanHits(measured);
            var intervals = bootstrap.OfMeans(
                [measured.FirstHits, measured.SecondHits, recall, [.. recall.Zip(rawRecall, (a, b) => a - b)], measured.ReciprocalRanks, measured.MixedNdcg]);
            return new SelectionEntry
            {
                Candidate = candidate,
                Gap = measured.Gap,
                GapError = measured.GapError,
                FirstToSecond = intervals[0],
                SecondToFirst = intervals[1],
                MeanRecall = intervals[2],
                RecallGain = intervals[3],
                ReciprocalRank = intervals[4],
                MixedNdcg = intervals[5],
                FitTime = times[i],
                ClosesGap = measured.Gap <= limit,
                Score = SelectionRule.Score(options.Objective, intervals[2].Value, intervals[4].Value, intervals[5].Value),
            };
        }).ToArray();

        var (recommended, reason) = SelectionRule.Recommend(entries, entries[raw], options);
        return new SelectionResult
        {
            First = first,
            Second = second,
            Count = count,
            SkippedCount = skipped,
            Folds = options.Folds,
            Repeats = options.Repeats,
            Entries = [.. entries.OrderByDescending(entry => entry.Score)],
            Raw = entries[raw],
            Recommended = recommended,
            Reason = reason,
        };

        int IndexOf(string name) => Enumerable.Range(0, candidates.Count).First(i => candidates[i].Name == name);
        static double[] MeanHits(PairMeasures measured) => [.. measured.FirstHits.Zip(measured.SecondHits, (a, b) => (a + b) / 2)];
    }
}
