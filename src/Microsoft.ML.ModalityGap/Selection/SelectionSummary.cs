namespace Microsoft.ML.ModalityGap;

/// <summary>Makes a result of what was measured of candidates.</summary>
internal sealed class SelectionSummary(string first, string second, SelectionOptions options)
{
    private static readonly PairMeasure[] _sampled =
    [
        PairMeasure.FirstHit, PairMeasure.SecondHit, PairMeasure.ReciprocalRank, PairMeasure.MixedNdcg,
    ];

    internal SelectionResult Create(IReadOnlyList<SelectionCandidate> candidates, PairMeasures[] measures, TimeSpan[] times, PairSet set, long skippedCount)
    {
        var bootstrap = new Bootstrap(options.BootstrapSamples, 0.95, options.Seed);
        var raw = IndexOf(SelectionCandidates.Raw);
        var limit = measures[IndexOf(SelectionCandidates.Center)].Gap + options.GapTolerance;
        var rawRecall = measures[raw].MeanHits;

        // All candidates see the same samples, so that differences between them are paired.
        var lists = new List<double[]>();
        var hasTwoSided = measures[raw].Has(PairMeasure.TwoSidedNdcg);
        var perCandidate = _sampled.Length + 2 + (hasTwoSided ? 1 : 0);
        foreach (var measured in measures)
        {
            var recall = measured.MeanHits;
            lists.AddRange(_sampled.Select(measure => measured[measure]));
            lists.AddRange([recall, [.. recall.Zip(rawRecall, (a, b) => a - b)]]);
            if (hasTwoSided)
                lists.Add(measured[PairMeasure.TwoSidedNdcg]);
        }

        var sampled = bootstrap.SampleMeans(lists);
        ConfidenceInterval Interval(int candidate, int list)
        {
            var place = candidate * perCandidate + list;
            return bootstrap.ToInterval(lists[place].Average(), sampled[place]);
        }

        double[] SampledGain(int candidate) => sampled[candidate * perCandidate + _sampled.Length + 1];
        var entries = candidates.Select((candidate, i) =>
        {
            var measured = measures[i];
            var (gain, ndcg, twoSided) = (Interval(i, _sampled.Length + 1), Interval(i, 3), hasTwoSided ? Interval(i, _sampled.Length + 2) : (ConfidenceInterval?)null);
            return new SelectionEntry
            {
                Candidate = candidate,
                Gap = measured.Gap,
                GapError = measured.GapError,
                FirstToSecond = Interval(i, 0),
                SecondToFirst = Interval(i, 1),
                MeanRecall = Interval(i, _sampled.Length),
                RecallGain = gain,
                ReciprocalRank = Interval(i, 2),
                MixedNdcg = ndcg,
                OtherShare = measured.Average(PairMeasure.OtherShare)!.Value,
                TwoSidedNdcg = twoSided,
                TwoSidedRecall = measured.Average(PairMeasure.TwoSidedRecall),
                TwoSidedShare = measured.Average(PairMeasure.TwoSidedShare),
                LossProbability = LossTest.Compute(gain.Value, SampledGain(i), options.AllowedRecallLoss),
                FitTime = times[i],
                ClosesGap = measured.Gap <= limit,
            };
        }).ToArray();

        foreach (var entry in entries)
            entry.Score = SelectionRule.Score(options.Objective, entry);
        var choice = SelectionRule.Recommend(entries, entries[raw], options);
        return new SelectionResult
        {
            First = first,
            Second = second,
            Count = set.UnitCount,
            SkippedCount = skippedCount,
            Folds = options.Folds,
            Repeats = options.Repeats,
            Entries = [.. entries.OrderByDescending(entry => entry.Score)],
            Raw = entries[raw],
            Recommended = choice.Entry,
            Reason = choice.Reason,
            Confidence = ComputeConfidence(choice.Entry),
        };

        int IndexOf(string name) => Enumerable.Range(0, candidates.Count).First(i => candidates[i].Name == name);

        double ComputeConfidence(SelectionEntry chosen)
        {
            int[] closing = [.. Enumerable.Range(0, entries.Length).Where(i => i != raw && entries[i].ClosesGap)];
            if (chosen == entries[raw])
                return closing.Length == 0 ? 1 : 1 - LossTest.Holm([.. closing.Select(i => entries[i].LossProbability)]).Max();
            int[] ordered = [Array.IndexOf(entries, chosen), .. closing.Where(i => entries[i] != chosen)];
            return LossTest.ComputeConfidence([.. ordered.Select(i => entries[i].RecallGain.Value)], [.. ordered.Select(SampledGain)], options.AllowedRecallLoss);
        }
    }
}
