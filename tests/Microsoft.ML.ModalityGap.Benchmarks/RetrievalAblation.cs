using System.Globalization;

namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>
/// What rescoring gains and smaller storage costs in recall: banks from one half of the pairs, measured on the other. Prints the tables of docs/retrieval.md.
/// </summary>
internal static class RetrievalAblation
{
    private const int Splits = 12;

    private static readonly (string Name, RescoringMethod? Method)[] s_methods =
    [
        ("plain cosine", null),
        ("IS, β 20 (`InvertedSoftmax`, static)", new InvertedSoftmax { IsDynamic = false }),
        ("DIS, β 20 (`InvertedSoftmax`)", new InvertedSoftmax()),
        ("IS, β 60", new InvertedSoftmax { IsDynamic = false, InverseTemperature = 60 }),
        ("DIS, β 60", new InvertedSoftmax { InverseTemperature = 60 }),
        ("DualIS, β 20 and 1 (`DualInvertedSoftmax`)", new DualInvertedSoftmax()),
        ("DualDIS, β 20 and 1", new DualInvertedSoftmax { IsDynamic = true }),
        ("DualIS, β 20 and 20", new DualInvertedSoftmax { GalleryInverseTemperature = 20 }),
        ("DualIS, β 1/1.99 and 3 (the paper's code)", new DualInvertedSoftmax { QueryInverseTemperature = 1 / 1.99f, GalleryInverseTemperature = 3 }),
        ("CSLS, K 10 (`CrossDomainLocalScaling`)", new CrossDomainLocalScaling()),
        ("DN, λ ¼ (`DistributionNormalization`)", new DistributionNormalization()),
        ("DN, λ ½ (its paper's formula)", new DistributionNormalization { Amount = 0.5f }),
    ];

    /// <param name="files">Files of shape (2, N, D).</param>
    public static int Run(IReadOnlyCollection<string> files)
    {
        var context = new MLContext(seed: 1);
        foreach (var file in files)
        {
            var splits = AblationSplit.Halve(context, file, Splits);
            var closed = splits.Select(split =>
            {
                var model = context.Transforms.CenterModalities("Image", "Text").Fit(split.Fit);
                return new AblationSplit(model.Transform(split.Fit), model.Transform(split.HeldOut));
            }).ToArray();

            Console.WriteLine($"| {Path.GetFileName(file)}, banks and maps of one half, the mean of {Splits} splits and both directions | recall@1 | @5 | after I0T_post: recall@1 | @5 |");
            Console.WriteLine("| --- | --- | --- | --- | --- |");
            foreach (var (name, method) in s_methods)
                Print(name, [.. new[] { splits, closed }.SelectMany(set => Measure(context, set, EmbeddingIndexOptions.Default, method))]);

            Console.WriteLine();
            Console.WriteLine("| storage | recall@1 | @5 | after I0T_post: recall@1 | @5 |");
            Console.WriteLine("| --- | --- | --- | --- | --- |");
            foreach (var storage in Enum.GetValues<IndexStorage>())
                Print(storage.ToString(), [.. new[] { splits, closed }.SelectMany(set => Measure(context, set, new EmbeddingIndexOptions { Storage = storage }, null))]);
        }

        return 0;
    }

    private static void Print(string name, double[] values) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {string.Join(" | ", values.Select(value => value.ToString("F3", CultureInfo.InvariantCulture)))} |"));

    private static double[] Measure(MLContext context, IReadOnlyList<AblationSplit> splits, EmbeddingIndexOptions options, RescoringMethod? method)
    {
        var hits = new double[2];
        var count = 0;
        foreach (var split in splits)
        {
            foreach (var (query, gallery) in new[] { ("Image", "Text"), ("Text", "Image") })
            {
                var rescorer = method is null ? null : context.ModalityGap().CreateRescorer(method, split.Fit, query, split.Fit, gallery);
                var index = context.ModalityGap().CreateIndex(split.HeldOut, gallery, options: options);
                var found = index.SearchBatch(split.HeldOut, query, 5, new SearchOptions { Rescorer = rescorer });
                for (var i = 0; i < found.Count; i++)
                {
                    hits[0] += found[i][0].Position == i ? 1 : 0;
                    hits[1] += found[i].Any(neighbor => neighbor.Position == i) ? 1 : 0;
                    count++;
                }
            }
        }

        return [hits[0] / count, hits[1] / count];
    }
}
