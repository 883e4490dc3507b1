using System.Collections.Concurrent;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Measures candidates, and what Select makes of them, on halves of pairs or of items that neither has seen, for many splits: the experiment behind docs/methods.md.</summary>
internal static class SplitComparison
{
    /// <param name="host">For data views, and progress.</param>
    /// <param name="set">Unit rows of both modalities.</param>
    /// <param name="selections">What Select is asked for, by name.</param>
    /// <param name="splits">How many halves.</param>
    /// <param name="maxDegreeOfParallelism">How many of them are measured at a time, each on one thread and in memory of its own; −1 for as many as there are processors. What is measured does not depend on it.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    internal static IReadOnlyList<SplitEntry> Run(
        IHost host, PairSet set, IReadOnlyList<(string Name, SelectionOptions Options)> selections, int splits, int maxDegreeOfParallelism = -1, CancellationToken cancellationToken = default)
    {
        var half = set.ItemCount / 2;
        var columns = ModalityColumns.PerColumn("first", "second");
        var candidates = SelectionCandidates.Create(host, half, set.Dimension);
        var freeBuffers = new ConcurrentBag<FitBuffers>();
        var (measured, selected) = (new PairMeasures[splits][], new SelectionResult[splits]);
        ParallelFor.Run(splits, Selector.LimitThreads(set.ItemCount, maxDegreeOfParallelism), split =>
        {
            cancellationToken.ThrowIfCancellationRequested();

            // By item, so that no item has rows in both halves.
            var order = Enumerable.Range(0, set.ItemCount).ToArray();
            new Random(split).Shuffle(order);
            var (fitted, held) = (order[..half], order[half..]);
            var buffers = freeBuffers.TryTake(out var free) ? free : new FitBuffers();
            measured[split] = new CandidateFit(host, columns, set, fitted, held, split, buffers).Run(candidates, completed: cancellationToken.ThrowIfCancellationRequested);
            freeBuffers.Add(buffers);

            // Select sees the half to fit on, and nothing else.
            var options = new SelectionOptions { Seed = split, CancellationToken = cancellationToken };
            selected[split] = new Selector(host, "first", "second", options, maxDegreeOfParallelism, freeBuffers).Select(set.Take(fitted).Renumber(), 0);
        });

        SplitEntry[] entries = [.. candidates.Select(candidate => candidate.Name).Concat(selections.Select(selection => selection.Name)).Select(name => new SplitEntry(name))];
        var raw = Enumerable.Range(0, candidates.Count).First(i => candidates[i].Name == SelectionCandidates.Raw);
        for (var split = 0; split < splits; split++)
        {
            for (var i = 0; i < candidates.Count; i++)
                entries[i].Add(measured[split][i], measured[split][raw], chosen: null);
            for (var i = 0; i < selections.Count; i++)
            {
                var recommended = SelectionRule.Recommend(selected[split].Entries, selected[split].Raw, selections[i].Options).Entry.Name;
                var place = Enumerable.Range(0, candidates.Count).First(candidate => candidates[candidate].Name == recommended);
                entries[candidates.Count + i].Add(measured[split][place], measured[split][raw], recommended);
            }
        }

        return entries;
    }
}
