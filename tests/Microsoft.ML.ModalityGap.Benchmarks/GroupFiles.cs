using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>Pairs of which some share a row, such as photos that one text was written for: these as items with ids, for <c>modality-gap evaluate --mixed --ids</c>, and all others as pairs to choose and fit on.</summary>
internal static class GroupFiles
{
    /// <param name="file">A file of shape (2, N, D).</param>
    /// <param name="folder">Where pairs.npy, first.npy, first.txt, second.npy and second.txt are written.</param>
    public static int Run(string file, string folder)
    {
        var context = new MLContext(seed: 1);
        var host = ((IHostEnvironment)context).Register(nameof(GroupFiles));
        var pairs = EmbeddingPairs.Load(host, context.ModalityGap().LoadFromNpy(file, "First", "Second"), "First", "Second", UnusableRows.Throw);
        float[][] rows = [pairs.First, pairs.Second];
        var items = CorrectionFit.FindItems(rows, [pairs.Dimension, pairs.Dimension]);
        var sizes = items.CountBy(item => item).ToDictionary();
        int[] alone = [.. Enumerable.Range(0, items.Length).Where(row => sizes[items[row]] == 1)], shared = [.. Enumerable.Range(0, items.Length).Where(row => sizes[items[row]] > 1)];
        Directory.CreateDirectory(folder);
        float[][] unshared = [.. rows.Select(values => RowSampler.Take(values, pairs.Dimension, alone))];
        context.ModalityGap().SaveAsNpy(ToView(context, unshared[0], unshared[1], pairs.Dimension), Path.Combine(folder, "pairs.npy"), ["First", "Second"]);
        foreach (var (side, name) in new[] { "first", "second" }.Index())
        {
            // A row that several pairs share stands once.
            int[] once = [.. shared.DistinctBy(row => Convert.ToHexString(System.Runtime.InteropServices.MemoryMarshal.AsBytes(rows[side].AsSpan(row * pairs.Dimension, pairs.Dimension))))];
            var values = RowSampler.Take(rows[side], pairs.Dimension, once);
            context.ModalityGap().SaveAsNpy(ToView(context, values, values, pairs.Dimension), Path.Combine(folder, $"{name}.npy"), "First");
            File.WriteAllLines(Path.Combine(folder, $"{name}.txt"), once.Select(row => $"{items[row]}"));
            Console.WriteLine($"{name}: {once.Length} rows of {once.Select(row => items[row]).Distinct().Count()} items");
        }

        Console.WriteLine($"{alone.Length} pairs that share nothing");
        return 0;
    }

    private static IDataView ToView(MLContext context, float[] first, float[] second, int dimension) => PairSet.OfPairs(first, second, dimension).ToDataView(context, "First", "Second");
}
