namespace Microsoft.ML.ModalityGap;

/// <summary>Measures two-sided mixed galleries (<see cref="TwoSidedDraw"/>) of items by scores at hand.</summary>
internal static class TwoSidedGallery
{
    private const int Cutoff = 10;

    // A draw of some dozens of items says little; more of them cost little.
    private const int Draws = 8;

    /// <summary>Adds what is measured over several draws; nothing where no item has a second row of the modality that asks.</summary>
    internal static void Measure(PairSet held, ScoreView[][] views, int seed, PairMeasures measures)
    {
        if (held.IsPaired)
            return;
        var side = TwoSidedRetrieval.ChooseAsking(held.Count(0), held.Count(1));
        var (asking, other) = (held.GetRowsByItem(side), held.GetRowsByItem(1 - side));
        int[] items = [.. Enumerable.Range(0, held.ItemCount).Where(item => asking[item].Length > 0 && other[item].Length > 0)];
        int[][] askingRows = [.. items.Select(item => asking[item])], otherRows = [.. items.Select(item => other[item])];
        if (!TwoSidedDraw.IsPossible(askingRows))
            return;

        var units = held.GetUnitsByItem();
        var (ownBuffer, otherBuffer, scores) = (new float[held.Count(side)], new float[held.Count(1 - side)], new float[items.Length]);
        for (var number = 0; number < Draws; number++)
        {
            var draw = TwoSidedDraw.Create(askingRows, otherRows, unchecked(seed * Draws + number));
            for (var i = 0; i < items.Length; i++)
            {
                var own = views[side][side].GetRow(draw.Queries[i], ownBuffer);
                var cross = views[side][1 - side].GetRow(draw.Queries[i], otherBuffer);
                for (var j = 0; j < scores.Length; j++)
                    scores[j] = draw.IsShownAsOther[j] ? cross[draw.Shown[j]] : own[draw.Shown[j]];
                var rank = 1 + PairRanking.CountBefore(scores, scores[i], i);
                var share = MeasureShare(scores, draw.IsShownAsOther);
                foreach (var unit in units[items[i]])
                {
                    measures.Add(PairMeasure.TwoSidedNdcg, unit, rank <= Cutoff ? 1 / Math.Log2(rank + 1.0) : 0);
                    measures.Add(PairMeasure.TwoSidedRecall, unit, rank == 1 ? 1 : 0);
                    measures.Add(PairMeasure.TwoSidedShare, unit, share);
                }
            }
        }
    }

    private static double MeasureShare(float[] scores, bool[] isOther)
    {
        var best = new TopLists(1, Math.Min(Cutoff, scores.Length));
        best.Add(0, scores, 0, default);
        var others = 0;
        foreach (var position in best.GetPositions(0))
            others += isOther[position] ? 1 : 0;
        return (double)others / best.GetPositions(0).Length;
    }
}
