using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>
/// Whether FAISS' flat index, given vectors with the correction folded in, ranks as a corrected search here: two modalities in one gallery, which queries of one ask. Prints how many places agree.
/// </summary>
internal static class FaissRanks
{
    private const int Rows = 5_000;
    private const int Queries = 1_000;
    private const int Pairs = 800;
    private const int K = 100;

    // Two sums of 512 products in float differ by about this; rows whose scores are nearer may change places.
    private const double Tie = 2e-5;

    /// <param name="python">The Python to run.</param>
    /// <returns>0 where all places agree but for ties, 1 elsewhere, 2 where that Python has no FAISS.</returns>
    public static int Run(string python)
    {
        var context = new MLContext(seed: 1);
        var (images, texts, queries) = (Create(Rows, 21, 0.5f), Create(Rows, 22, -0.3f), Create(Queries, 23, -0.3f));
        var model = context.Transforms.CorrectSimilarities(context.Transforms.CenterModalities("Image", "Text")).Fit(ToView(context, images[..Pairs], texts[..Pairs]));
        var folder = Directory.CreateTempSubdirectory("modality-gap-faiss-").FullName;
        try
        {
            var gallery = new EmbeddingIndex(Matrix.Dimension, new EmbeddingIndexOptions { Correction = model.Correction });
            var stored = new List<float[]>();
            foreach (var (name, rows) in new[] { ("Image", images), ("Text", texts) })
            {
                var map = model.GetModality(name).Map;
                gallery.AddRange([.. rows.Select((_, i) => (EmbeddingId)(gallery.Count + i))], [.. rows.Select(row => map.Apply(row))], name);
                var folded = model.PrepareGallery("Text").GetModality(name).Map;
                stored.AddRange(rows.Select(row => folded.Apply(row)));
            }

            var asked = queries.Select(row => model.PrepareQueries("Text").GetModality("Text").Map.Apply(row)).ToArray();
            var found = gallery.SearchBatch([.. queries.Select(row => model.GetModality("Text").Map.Apply(row))], K, new SearchOptions { QueryModality = "Text" });
            return Compare(found, Ask(python, Write(context, folder, "queries", asked), Write(context, folder, "gallery", [.. stored])));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static int Compare(IReadOnlyList<IReadOnlyList<Neighbor>> found, string[] lines)
    {
        if (lines.Length < found.Count)
        {
            Console.WriteLine("That Python has no FAISS; Debian has python3-faiss.");
            return 2;
        }

        var (same, ties, wrong) = (0, 0, 0);
        for (var query = 0; query < found.Count; query++)
        {
            var theirs = lines[query].Split(' ').Select(text => int.Parse(text, CultureInfo.InvariantCulture)).ToArray();
            var scores = found[query].ToDictionary(neighbor => neighbor.Position, neighbor => neighbor.Score);
            for (var i = 0; i < K; i++)
            {
                var (ours, last) = (found[query][i], found[query][K - 1].Score);
                if (theirs[i] == ours.Position)
                    same++;
                else if (Math.Abs((scores.TryGetValue(theirs[i], out var score) ? score : last) - ours.Score) < Tie * Math.Max(1, Math.Abs(ours.Score)))
                    ties++;
                else
                    wrong++;
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"FAISS IndexFlatIP over folded vectors, {found.Count:N0} queries over {2 * Rows:N0} rows of two modalities, first {K}: {same:N0} places the same, {ties:N0} ties in float, {wrong:N0} others"));
        return wrong == 0 ? 0 : 1;
    }

    private static string[] Ask(string python, string queries, string gallery)
    {
        var start = new ProcessStartInfo(python) { RedirectStandardOutput = true };
        foreach (var argument in (string[])[Path.Combine(AppContext.BaseDirectory, "faiss_ranks.py"), queries, gallery, K.ToString(CultureInfo.InvariantCulture)])
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static float[][] Create(int rows, int seed, float offset)
    {
        var values = Matrix.CreateDistinct(rows, seed);
        for (var i = 0; i < values.Length; i += Matrix.Dimension)
            values[i] += offset * 10;
        return [.. values.Chunk(Matrix.Dimension)];
    }

    private static string Write(MLContext context, string folder, string name, float[][] rows)
    {
        var path = Path.Combine(folder, name + ".npy");
        context.ModalityGap().SaveAsNpy(context.Data.LoadFromEnumerable(rows.Select(row => new FoldedRow { Embedding = row })), path);
        return path;
    }

    private static IDataView ToView(MLContext context, float[][] images, float[][] texts) =>
        context.Data.LoadFromEnumerable(images.Zip(texts, (image, text) => new Row { Image = image, Text = text }));

    private sealed class Row
    {
        [VectorType(Matrix.Dimension)]
        public float[] Image { get; set; } = [];

        [VectorType(Matrix.Dimension)]
        public float[] Text { get; set; } = [];
    }

    private sealed class FoldedRow
    {
        [VectorType(Matrix.Dimension + 1)]
        public float[] Embedding { get; set; } = [];
    }
}
