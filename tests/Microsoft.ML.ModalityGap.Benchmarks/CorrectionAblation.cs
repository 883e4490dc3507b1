using System.Globalization;
using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>
/// What a correction of similarities gains behind maps: both fitted on one half of the pairs, measured on the other. Prints the tables of docs/scoring.md.
/// </summary>
internal static class CorrectionAblation
{
    private const int Splits = 12;
    private const int Cutoff = 10;

    private static readonly string[] s_names = ["Image", "Text"];

    private static readonly (string Name, Func<MLContext, IEstimator<EmbeddingMapTransformer>> Create)[] s_methods =
    [
        ("raw", context => context.Transforms.CenterModalities(ModalityColumns.PerColumn(s_names), new() { Strength = 0 })),
        ("I0T_post", context => context.Transforms.CenterModalities(s_names)),
        ("whiten 0.95 + align 0.9", Align),
        ("whiten 0.95 + align 0.9, IS 10", context => Correct(context, new() { Standardization = null })),
        ("whiten 0.95 + align 0.9, CSLS 10", context => Correct(context, new() { Standardization = null, Hubness = HubnessCorrection.LocalScaling() })),
        ("…, best", context => Correct(context, new() { Hubness = HubnessCorrection.None })),
        ("…, all", context => Correct(context, new() { Hubness = HubnessCorrection.None, Standardization = new() { Sample = SimilaritySample.AllSimilarities } })),
        ("…, IS 10, best (default)", context => Correct(context, new())),
        ("…, IS 10, best, partners in", context => Correct(context, new() { LeavePartnersOut = false })),
        ("…, IS 10 × ½, best", context => Correct(context, new() { Hubness = HubnessCorrection.InvertedSoftmax() with { Strength = 0.5 } })),
        ("…, IS 5, best", context => Correct(context, new() { Hubness = HubnessCorrection.InvertedSoftmax(5) })),
        ("…, IS 10, all", context => Correct(context, new() { Standardization = new() { Sample = SimilaritySample.AllSimilarities } })),
        ("…, IS 10, best fifth", context => Correct(context, new() { Standardization = new() { Sample = SimilaritySample.BestFifth } })),
        ("…, IS 10, offset of best", context => Correct(context, new() { Standardization = new() { OffsetOnly = true } })),
        ("raw, IS 10, best", context => context.Transforms.CorrectSimilarities(s_methods![0].Create(context), new() { Calibrate = false })),
    ];

    /// <param name="files">Files of shape (2, N, D).</param>
    public static int Run(IReadOnlyCollection<string> files)
    {
        foreach (var file in files)
        {
            var context = new MLContext(seed: 1);
            var splits = AblationSplit.Halve(context, file, Splits);
            Console.WriteLine($"| {Path.GetFileName(file)}: fitted on one half, the mean of {Splits} splits and both directions | recall@1 | against raw | mixed gallery: NDCG@10 | other modality's share of the first ten |");
            Console.WriteLine("| --- | --- | --- | --- | --- |");
            var raw = double.NaN;
            foreach (var (name, create) in s_methods)
            {
                var values = splits.Select(split => Measure(context, split, create(context))).ToArray();
                var means = Enumerable.Range(0, 3).Select(i => values.Average(value => value[i])).ToArray();
                raw = double.IsNaN(raw) ? means[0] : raw;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {means[0]:F3} | {means[0] - raw:+0.000;−0.000} | {means[1]:F3} | {means[2]:F2} |"));
            }

            Console.WriteLine();
        }

        return 0;
    }

    private static IEstimator<EmbeddingMapTransformer> Align(MLContext context) =>
        context.Transforms.AlignModalities(ModalityColumns.PerColumn(s_names), new() { Shrinkage = 0.9, Whitening = CovarianceShrinkage.Fixed(0.95) });

    private static IEstimator<EmbeddingMapTransformer> Correct(MLContext context, SimilarityCorrectionOptions options) =>
        context.Transforms.CorrectSimilarities(Align(context), options with { Calibrate = false });

    /// <summary>recall@1 of both directions; in a gallery of both modalities, of which the query is left out, NDCG@10 with its partner as the one relevant row, and the other modality's share.</summary>
    private static double[] Measure(MLContext context, AblationSplit split, IEstimator<EmbeddingMapTransformer> estimator)
    {
        var model = estimator.Fit(split.Fit);
        var mapped = model.Transform(split.HeldOut);
        var rows = s_names.Select(name => mapped.GetColumn<float[]>(name).ToArray()).ToArray();
        var count = rows[0].Length;
        var mixed = new EmbeddingIndex(rows[0][0].Length, new EmbeddingIndexOptions { Correction = model.Correction });
        var alone = s_names.Select(_ => new EmbeddingIndex(rows[0][0].Length, new EmbeddingIndexOptions { Correction = model.Correction })).ToArray();
        for (var side = 0; side < 2; side++)
        {
            for (var i = 0; i < count; i++)
            {
                mixed.Add((EmbeddingId)(side * count + i), rows[side][i], s_names[side]);
                alone[side].Add((EmbeddingId)i, rows[side][i], s_names[side]);
            }
        }

        double hits = 0, ndcg = 0, others = 0;
        for (var side = 0; side < 2; side++)
        {
            var options = new SearchOptions { QueryModality = model.Correction is null ? null : s_names[side] };
            var nearest = alone[1 - side].SearchBatch(rows[side], 1, options);
            var found = mixed.SearchBatch(rows[side], Cutoff + 1, options);
            for (var i = 0; i < count; i++)
            {
                hits += nearest[i][0].Position == i ? 1 : 0;
                var first = found[i].Where(neighbor => neighbor.Position != side * count + i).Take(Cutoff).ToArray();
                var rank = Array.FindIndex(first, neighbor => neighbor.Position == (1 - side) * count + i);
                ndcg += rank < 0 ? 0 : 1 / Math.Log2(rank + 2);
                others += first.Count(neighbor => neighbor.Modality != s_names[side]) / (double)Cutoff;
            }
        }

        return [hits / (2 * count), ndcg / (2 * count), others / (2 * count)];
    }
}
