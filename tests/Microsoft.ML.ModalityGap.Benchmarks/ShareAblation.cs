using System.Globalization;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>
/// Why the other modality has more than half of the first ten behind a correction: its share by what the scales are measured on, and how fast the best similarities of a query fall. Prints the table of docs/methods.md, "The other
/// modality's share".
/// </summary>
internal static class ShareAblation
{
    private const int Splits = 12;
    private const int Folds = 5;
    private const int Best = 10;

    private static readonly string[] s_maps = ["center", "whiten 0.95", "align 0.9", "whiten 0.95 + align 0.9"];
    private static readonly ModalityColumns s_columns = ModalityColumns.PerColumn("Image", "Text");
    private static readonly SimilarityCorrectionOptions s_best = By(SimilaritySample.PseudoPositives);
    private static readonly SimilarityCorrectionOptions s_all = By(SimilaritySample.AllSimilarities);
    private static readonly SimilarityCorrectionOptions s_fifth = By(SimilaritySample.BestFifth);

    // Of so many items, of which a gallery holds both rows.
    private static readonly int[] s_sizes = [16, 32, 64, 128];

    private static readonly (string Name, Func<Material, ScoreView[][]> Compute)[] s_scales =
    [
        ("halves of the fitted rows (as Select has it)", material => material.ToViews(material.Halves, s_best)),
        ("five folds of them", material => material.ToViews(material.Folds, s_best)),
        ("the fitted rows, by maps that know them", material => material.ToViews([PairScores.ToPart(material.Bank, material.Bank)], s_best)),
        ("the measured rows", material => material.ToViews([PairScores.ToPart(material.Held, material.Bank)], s_best)),
        ("the measured rows, partners among them", material => material.ToViews([PairScores.ToPart(material.Held, material.Bank)], s_best with { LeavePartnersOut = false })),
        ("halves, the best fifth", material => material.ToViews(material.Halves, s_fifth)),
        ("the measured rows, the best fifth", material => material.ToViews([PairScores.ToPart(material.Held, material.Bank)], s_fifth)),
        ("halves, all similarities", material => material.ToViews(material.Halves, s_all)),
        ("the measured rows, all similarities", material => material.ToViews([PairScores.ToPart(material.Held, material.Bank)], s_all)),
        ("halves, the best, inverted softmax before", material => material.ToViews(material.Halves, s_best with { Hubness = HubnessCorrection.InvertedSoftmax() })),
        ("halves, the best fifth, inverted softmax before", material => material.ToViews(material.Halves, s_fifth with { Hubness = HubnessCorrection.InvertedSoftmax() })),
        ("the measured rows, the best, inverted softmax before", material => material.ToViews([PairScores.ToPart(material.Held, material.Bank)], s_best with { Hubness = HubnessCorrection.InvertedSoftmax() })),
        ("the measured rows: each modality's similarities by the number of rows above them", material => material.ToRankViews()),
    ];

    /// <param name="files">Files of shape (2, N, D).</param>
    public static int Run(IReadOnlyCollection<string> files) => AblationSplit.ForEach(files, Print);

    private static void Print(IHost host, string name, PairSet set)
    {
        var shares = s_scales.Select(_ => s_maps.Select(_ => new List<(double With, double Without)>()).ToArray()).ToArray();
        var falls = s_maps.Select(_ => new List<double[]>()).ToArray();
        SimilaritySample[] samples = [SimilaritySample.PseudoPositives, SimilaritySample.AllSimilarities, SimilaritySample.BestFifth];
        int[] sizes = [.. s_sizes.Where(size => size < set.ItemCount - set.ItemCount / 2), set.ItemCount - set.ItemCount / 2];
        var bySize = samples.Select(_ => sizes.Select(_ => new List<(double First, double Second, double Ndcg)>()).ToArray()).ToArray();
        for (var split = 0; split < Splits; split++)
        {
            var order = Enumerable.Range(0, set.ItemCount).ToArray();
            new Random(split).Shuffle(order);
            var (fitted, held) = (order[..(order.Length / 2)], order[(order.Length / 2)..]);
            var candidates = SelectionCandidates.Create(host, fitted.Length, set.Dimension);

            // Spectra are computed once for all maps.
            FittedPart Fit(int[] known, int[] rows) => new(host, s_columns, set, known, set.Take(rows), known.Length, new FitBuffers());
            FittedPart[] Cross(int count) => [.. Enumerable.Range(0, count).Select(fold => Fit([.. fitted.Where((_, i) => i % count != fold)], [.. fitted.Where((_, i) => i % count == fold)]))];
            var (whole, halves, folds) = (Fit(fitted, held), Cross(2), Cross(Folds));
            for (var map = 0; map < s_maps.Length; map++)
            {
                var candidate = candidates.First(entry => entry.Name == s_maps[map]);
                CorrectionPart ToPart(FittedPart part)
                {
                    var (rows, bank, _) = part.Map(candidate, needsBank: true);
                    return PairScores.ToPart(rows, bank!);
                }

                var (mapped, known, _) = whole.Map(candidate, needsBank: true);
                var material = new Material(mapped, known!, [.. halves.Select(ToPart)], [.. folds.Select(ToPart)]);
                for (var scale = 0; scale < s_scales.Length; scale++)
                    shares[scale][map].Add(MeasureShares(s_scales[scale].Compute(material), mapped.Count(0)));
                falls[map].Add(MeasureFalls(material));
                for (var sample = 0; sample < samples.Length && s_maps[map] == s_maps[^1]; sample++)
                {
                    var views = material.ToViews(material.Halves, By(samples[sample]) with { Hubness = HubnessCorrection.InvertedSoftmax() });
                    for (var size = 0; size < sizes.Length; size++)
                        bySize[sample][size].Add(MeasureGallery(views, mapped.Count(0), sizes[size], split));
                }
            }
        }

        static string Format(double value) => value.ToString("F3", CultureInfo.InvariantCulture);
        Console.WriteLine($"{name}: {set.ItemCount} pairs, fitted on one half, measured on the other, {Splits} splits; the other modality's share of the first ten, and without the partner of the first nine others\n");
        Console.WriteLine($"| scales from | {string.Join(" | ", s_maps)} |\n| --- |{string.Concat(s_maps.Select(_ => " --- |"))}");
        for (var scale = 0; scale < s_scales.Length; scale++)
            Console.WriteLine($"| {s_scales[scale].Name} | {string.Join(" | ", shares[scale].Select(list => $"{Format(list.Average(entry => entry.With))}, {Format(list.Average(entry => entry.Without))}"))} |");
        Console.WriteLine($"\nBy the number of items in the gallery, behind {s_maps[^1]} with an inverted softmax, scales of halves: the other modality's share of the first nine others, the first asking, the second; NDCG@10 of the partner\n");
        Console.WriteLine($"| scale | {string.Join(" | ", sizes)} |\n| --- |{string.Concat(sizes.Select(_ => " --- |"))}");
        for (var sample = 0; sample < samples.Length; sample++)
            Console.WriteLine($"| {samples[sample]} | {string.Join(" | ", bySize[sample].Select(list => $"{Format(list.Average(entry => entry.First))}, {Format(list.Average(entry => entry.Second))}; {Format(list.Average(entry => entry.Ndcg))}"))} |");
        Console.WriteLine($"\nHow far the fifth and the tenth best similarity of a query lie below its best, in deviations of the best over queries: own modality; other modality, without the partner; and the deviations\n");
        for (var map = 0; map < s_maps.Length; map++)
            Console.WriteLine($"| {s_maps[map]} | {string.Join(" | ", Enumerable.Range(0, 6).Select(i => Format(falls[map].Average(entry => entry[i]))))} |");
        Console.WriteLine();
    }

    /// <summary>The other modality's share of the first ten, and what it is without the partner.</summary>
    private static (double With, double Without) MeasureShares(ScoreView[][] views, int count)
    {
        var (with, without) = (0.0, 0.0);
        var (own, other) = (new float[count], new float[count]);
        for (var side = 0; side < 2; side++)
        {
            for (var query = 0; query < count; query++)
            {
                var scores = new List<(float Score, bool IsOther, int Row)>();
                foreach (var (score, row) in views[side][side].GetRow(query, own).ToArray().Select((score, row) => (score, row)))
                    scores.Add((score, false, row));
                foreach (var (score, row) in views[side][1 - side].GetRow(query, other).ToArray().Select((score, row) => (score, row)))
                    scores.Add((score, true, row));
                var ranked = scores.Where(entry => entry.IsOther || entry.Row != query).OrderByDescending(entry => entry.Score).ToArray();
                with += ranked.Take(Best).Average(entry => entry.IsOther ? 1.0 : 0) / (2 * count);
                without += ranked.Where(entry => entry.Row != query).Take(Best - 1).Average(entry => entry.IsOther ? 1.0 : 0) / (2 * count);
            }
        }

        return (with, without);
    }

    /// <summary>Galleries of some of the items, drawn until as many as there are have asked.</summary>
    private static (double First, double Second, double Ndcg) MeasureGallery(ScoreView[][] views, int count, int size, int seed)
    {
        var (random, shares, ndcg, asked) = (new Random(seed), new double[2], 0.0, 0);
        var (own, other) = (new float[count], new float[count]);
        for (; asked < count; asked += size)
        {
            var items = Enumerable.Range(0, count).ToArray();
            random.Shuffle(items);
            items = items[..size];
            for (var side = 0; side < 2; side++)
            {
                foreach (var query in items)
                {
                    var owns = views[side][side].GetRow(query, own).ToArray();
                    var others = views[side][1 - side].GetRow(query, other).ToArray();
                    var ranked = items.Where(row => row != query).Select(row => (Score: owns[row], Row: -1)).Concat(items.Select(row => (Score: others[row], Row: row))).OrderByDescending(entry => entry.Score).ToArray();
                    var rank = 1 + Array.FindIndex(ranked, entry => entry.Row == query);
                    ndcg += rank <= Best ? 0.5 / Math.Log2(rank + 1) : 0;
                    shares[side] += ranked.Where(entry => entry.Row != query).Take(Best - 1).Average(entry => entry.Row >= 0 ? 1.0 : 0);
                }
            }
        }

        return (shares[0] / asked, shares[1] / asked, ndcg / asked);
    }

    private static SimilarityCorrectionOptions By(SimilaritySample sample) => new() { Hubness = HubnessCorrection.None, Standardization = new SimilarityStandardization { Sample = sample } };

    private static double[] MeasureFalls(Material material)
    {
        var part = PairScores.ToPart(material.Held, material.Bank);
        var result = new double[6];
        foreach (var isOther in new[] { false, true })
        {
            for (var side = 0; side < 2; side++)
            {
                var gallery = isOther ? 1 - side : side;
                var count = material.Held.Count(gallery);
                var sorted = part.GetSimilarities(side, gallery).Chunk(count).Select((row, query) => row.Where((_, i) => i != query).OrderDescending().Take(Best).ToArray()).ToArray();
                var mean = sorted.Average(best => best[0]);
                var deviation = Math.Sqrt(sorted.Average(best => Math.Pow(best[0] - mean, 2)));
                var at = isOther ? 2 : 0;
                result[at] += sorted.Average(best => best[0] - best[4]) / deviation / 2;
                result[at + 1] += sorted.Average(best => best[0] - best[Best - 1]) / deviation / 2;
                result[4 + (isOther ? 1 : 0)] += deviation / 2;
            }
        }

        return result;
    }

    private static int CountBelow(float[] sorted, float value)
    {
        var place = Array.BinarySearch(sorted, value);
        return place < 0 ? ~place : place;
    }

    /// <summary>What scales may be of: rows that are measured, the bank that maps were fitted on, and parts of it crossed.</summary>
    private sealed record Material(PairSet Held, PairSet Bank, CorrectionPart[] Halves, CorrectionPart[] Folds)
    {
        public ScoreView[][] ToViews(IReadOnlyList<CorrectionPart> parts, SimilarityCorrectionOptions options) => new PairScores(Held, Bank, parts).ToViews(options);

        /// <summary>Perfect scales, of each query its own: minus the rank among rows of the same modality, itself and the partner left out.</summary>
        public ScoreView[][] ToRankViews()
        {
            var part = PairScores.ToPart(Held, Bank);
            return [.. Enumerable.Range(0, 2).Select(query => Enumerable.Range(0, 2).Select(gallery =>
            {
                var count = Held.Count(gallery);
                float[] ranks = [.. part.GetSimilarities(query, gallery).Chunk(count).SelectMany((row, own) =>
                {
                    float[] sorted = [.. row.Where((_, i) => i != own).Order()];
                    return row.Select(value => CountBelow(sorted, value) - sorted.Length + (query == gallery ? 0.5f : 0));
                })];
                return new ScoreView(ranks, count);
            }).ToArray())];
        }
    }
}
