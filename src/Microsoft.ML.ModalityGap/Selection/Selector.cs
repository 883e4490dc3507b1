using System.Diagnostics;
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
        if (pairs.Count < Math.Max(MinimumPairs, 2 * options.Folds))
            throw new InvalidDataException($"'{first}' and '{second}' have {pairs.Count} usable pairs, but comparing methods takes at least {Math.Max(MinimumPairs, 2 * options.Folds)}; a few hundred say something.");

        var chosen = RowSampler.Choose(pairs.Count, options.MaximumPairs, options.Seed);
        var rows = new[] { pairs.First, pairs.Second }.Select(values => RowSampler.Take(values, pairs.Dimension, chosen)).ToArray();
        var candidates = GetCandidates(chosen.Length - chosen.Length / options.Folds, pairs.Dimension);
        var measures = candidates.Select(_ => new PairMeasures(chosen.Length)).ToArray();
        var times = new TimeSpan[candidates.Count];
        using (var progress = host.StartProgressChannel("Select a method"))
        {
            var done = 0;
            var total = options.Repeats * options.Folds * candidates.Count;
            progress.SetHeader(new ProgressHeader("fits"), entry => entry.SetProgress(0, Volatile.Read(ref done), total));
            for (var repeat = 0; repeat < options.Repeats; repeat++)
            {
                var order = Enumerable.Range(0, chosen.Length).ToArray();
                new Random(unchecked(options.Seed * 7919 + repeat)).Shuffle(order);
                for (var fold = 0; fold < options.Folds; fold++)
                    Measure(rows, pairs.Dimension, order, fold, candidates, measures, times, () => Interlocked.Increment(ref done));
            }

            progress.Checkpoint(done);
        }

        for (var i = 0; i < times.Length; i++)
            times[i] /= options.Repeats * options.Folds;
        return Summarize(candidates, measures, times, chosen.Length, pairs.SkippedCount);
    }

    private IReadOnlyList<SelectionCandidate> GetCandidates(int fitCount, int dimension)
    {
        var all = SelectionCandidates.Create(host, fitCount, dimension);
        if (options.Candidates is not { } given)
            return all;
        if (given.GroupBy(candidate => candidate.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ArgumentException($"The candidate '{twice.Key}' is given twice.");

        // What the others are measured against.
        return [.. all.Where(candidate => candidate.Name is SelectionCandidates.Raw or SelectionCandidates.Center && given.All(other => other.Name != candidate.Name)), .. given];
    }

    private void Measure(
        float[][] rows, int dimension, int[] order, int fold, IReadOnlyList<SelectionCandidate> candidates, PairMeasures[] measures, TimeSpan[] times, Action completed)
    {
        var held = order.Where((_, i) => i % options.Folds == fold).ToArray();
        var fitted = order.Where((_, i) => i % options.Folds != fold).ToArray();
        var source = new RowsFitSource(
            CenterModalitiesOptions.Default, [first, second], [.. rows.Select(values => RowSampler.Take(values, dimension, fitted))], [dimension, dimension]);
        var heldRows = rows.Select(values => RowSampler.Take(values, dimension, held)).ToArray();
        for (var i = 0; i < candidates.Count; i++)
        {
            options.CancellationToken.ThrowIfCancellationRequested();
            var maps = Fit(candidates[i], source, ref times[i]);
            var mapped = maps.Select((map, side) =>
            {
                var values = new float[held.Length * map.OutputDimension];
                map.ApplyRows(heldRows[side], values);
                return values;
            }).ToArray();
            measures[i].Add(held, mapped[0], mapped[1], maps[0].OutputDimension);
            completed();
        }
    }

    private IReadOnlyList<EmbeddingMap> Fit(SelectionCandidate candidate, RowsFitSource source, ref TimeSpan time)
    {
        var estimator = candidate.CreateEstimator(_columns);
        source.BeginFit();
        var start = Stopwatch.GetTimestamp();
        var maps = estimator is EmbeddingMapEstimator mapEstimator
            ? mapEstimator.CreateMaps(source)
            : [.. estimator.Fit(ToDataView(source)).Modalities.Select(modality => modality.Map)];

        // What an earlier candidate had computed of these rows counts for this one, too.
        time += Stopwatch.GetElapsedTime(start) + source.BorrowedTime;
        return maps.Count == 2 && maps[0].OutputDimension == maps[1].OutputDimension
            ? maps
            : throw new InvalidOperationException($"The candidate '{candidate.Name}' does not bring the two modalities into one space.");
    }

    private IDataView ToDataView(RowsFitSource source)
    {
        var builder = new ArrayDataViewBuilder(host);
        for (var i = 0; i < 2; i++)
        {
            var d = source.Dimensions[i];
            builder.AddColumn(source.Modalities[i], NumberDataViewType.Single, source.GetRows(i).Chunk(d).Select(row => new VBuffer<float>(d, row)).ToArray());
        }

        return builder.GetDataView();
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
