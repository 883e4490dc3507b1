using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Measures candidates, and what Select makes of them, on halves of pairs or of items that neither has seen, for many splits: the experiment behind docs/methods.md.</summary>
internal static class SplitComparison
{
    internal static IReadOnlyList<SplitEntry> Run(
        IHost host, PairSet set, IReadOnlyList<(string Name, SelectionOptions Options)> selections, int splits, CancellationToken cancellationToken)
    {
        var half = set.ItemCount / 2;
        var columns = ModalityColumns.PerColumn("first", "second");
        var candidates = SelectionCandidates.Create(host, half, set.Dimension);
        var samples = candidates.Select(candidate => candidate.Name).Concat(selections.Select(selection => selection.Name)).ToDictionary(name => name, name => new SplitEntry(name));
        for (var split = 0; split < splits; split++)
        {
            // By item, so that no item has rows in both halves.
            var order = Enumerable.Range(0, set.ItemCount).ToArray();
            new Random(split).Shuffle(order);
            var (fitted, held) = (order[..half], order[half..]);
            var measured = new CandidateFit(host, columns, set, fitted, held, split)
                .Run(candidates, completed: cancellationToken.ThrowIfCancellationRequested)
                .Select((measures, i) => (candidates[i].Name, measures))
                .ToDictionary(entry => entry.Name, entry => entry.measures, StringComparer.Ordinal);
            var raw = measured[SelectionCandidates.Raw];
            foreach (var (name, measures) in measured)
                samples[name].Add(measures, raw, chosen: null);

            // Select sees the half to fit on, and nothing else.
            var selected = new Selector(host, "first", "second", new SelectionOptions { Seed = split, CancellationToken = cancellationToken }).Select(set.Take(fitted).Renumber(), 0);
            foreach (var (name, options) in selections)
            {
                var recommended = SelectionRule.Recommend(selected.Entries, selected.Raw, options).Entry.Name;
                samples[name].Add(measured[recommended], raw, recommended);
            }
        }

        return [.. samples.Values];
    }
}
