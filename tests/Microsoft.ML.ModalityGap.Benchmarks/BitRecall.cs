using System.Globalization;

namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>What a first cut by sign bits misses of real pairs: recall@10 against exact search, both directions, of rows as they are, centred and whitened on one half and measured on the other. Prints a table of docs/retrieval.md.</summary>
internal static class BitRecall
{
    private static readonly int[] s_candidates = [20, 50, 100];

    /// <param name="files">Files of shape (2, N, D).</param>
    public static int Run(IReadOnlyCollection<string> files)
    {
        var context = new MLContext(seed: 1);
        Console.WriteLine($"| | gallery | {string.Join(" | ", from form in (string[])["raw", "centred", "whitened"] from count in s_candidates select $"{form}, {count}")} |");
        Console.WriteLine($"| --- | --- |{string.Concat(Enumerable.Repeat(" --- |", 3 * s_candidates.Length))}");
        foreach (var file in files)
        {
            var split = AblationSplit.Halve(context, file, 1)[0];
            var centred = context.Transforms.CenterModalities("Image", "Text").Fit(split.Fit);
            var whitened = context.Transforms.WhitenModalities("Image", "Text").Fit(split.Fit);
            var cells = new List<string>();
            var rows = 0;
            foreach (var data in (IDataView[])[split.HeldOut, centred.Transform(split.HeldOut), whitened.Transform(split.HeldOut)])
            {
                var (images, texts) = (Read(data, "Image"), Read(data, "Text"));
                rows = images.Length;
                foreach (var count in s_candidates)
                    cells.Add(((Measure(images, texts, count) + Measure(texts, images, count)) / 2).ToString("F3", CultureInfo.InvariantCulture));
            }

            Console.WriteLine($"| {Path.GetFileNameWithoutExtension(file)} | {rows} | {string.Join(" | ", cells)} |");
        }

        return 0;
    }

    private static double Measure(float[][] queries, float[][] gallery, int candidates)
    {
        var index = new EmbeddingIndex(gallery[0].Length, new EmbeddingIndexOptions { FirstPass = IndexFirstPass.ApproximateBits });
        index.AddRange([.. Enumerable.Range(0, gallery.Length).Select(i => (EmbeddingId)i)], gallery);
        return index.MeasureRecall(queries.SelectMany(row => row).ToArray(), 10, new SearchOptions { ApproximateCandidates = candidates });
    }

    private static float[][] Read(IDataView data, string column) => [.. Microsoft.ML.Data.ColumnCursorExtensions.GetColumn<float[]>(data, data.Schema[column])];
}
