using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Measures candidates, and what Select makes of them, on halves of pairs that neither has seen, for many splits: the experiment behind docs/methods.md.</summary>
internal static class SplitComparison
{
    internal static IReadOnlyList<SplitEntry> Run(
        IHost host, EmbeddingPairs pairs, IReadOnlyList<(string Name, SelectionOptions Options)> selections, int splits, CancellationToken cancellationToken)
    {
        var rows = new[] { pairs.First, pairs.Second };
        var half = pairs.Count / 2;
        var columns = ModalityColumns.PerColumn("first", "second");
        var candidates = SelectionCandidates.Create(host, half, pairs.Dimension);
        var samples = candidates.Select(candidate => candidate.Name).Concat(selections.Select(selection => selection.Name)).ToDictionary(name => name, name => new SplitEntry(name));
        for (var split = 0; split < splits; split++)
        {
            var order = Enumerable.Range(0, pairs.Count).ToArray();
            new Random(split).Shuffle(order);
            var (fitted, held) = (order[..half], order[half..]);
            var fit = new CandidateFit(host, columns, rows, pairs.Dimension, fitted, held);
            var measured = new Dictionary<string, PairMeasures>(StringComparer.Ordinal);
            foreach (var candidate in candidates)
            {
                cancellationToken.ThrowIfCancellationRequested();
                fit.Run(candidate, measured[candidate.Name] = new PairMeasures(pairs.Count));
            }

            var raw = measured[SelectionCandidates.Raw];
            foreach (var candidate in candidates)
                samples[candidate.Name].Add(measured[candidate.Name], raw, held, chosen: null);

            // Select sees the half to fit on, and nothing else.
            var seen = rows.Select(values => RowSampler.Take(values, pairs.Dimension, fitted)).ToArray();
            var selected = new Selector(host, "first", "second", new SelectionOptions { Seed = split, CancellationToken = cancellationToken }).Select(seen, pairs.Dimension, 0);
            foreach (var (name, options) in selections)
            {
                var recommended = SelectionRule.Recommend(selected.Entries, selected.Raw, options).Entry.Name;
                samples[name].Add(measured[recommended], raw, held, recommended);
            }
        }

        return [.. samples.Values];
    }
}
