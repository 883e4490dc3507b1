using System.Diagnostics;
using System.Globalization;

namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>
/// <see cref="ApproximateIndex"/> beside the exact search it is over: recall@10 and queries a second by how much a search looks at, one query at a time and many at once. Prints a table per kind of rows and queries.
/// </summary>
internal static class ApproximateSearch
{
    private const int K = 10;
    private const int Queries = 500;
    private const int Rounds = 3;

    // Whole blocks of drawn rows.
    private const int Step = 25_000;

    private static readonly (int Expansion, int Candidates)[] _settings = [(64, 32), (128, 32), (256, 48), (512, 64), (1024, 64), (2048, 64)];

    /// <param name="rows">Rows of the gallery.</param>
    /// <param name="dimension">Their dimension.</param>
    /// <param name="arguments"><c>connectivity</c>, <c>expansion</c> and <c>storage</c>, <c>kind</c> (clustered, flat) and <c>threads</c>, each as <c>name=value</c>, and <c>file</c>, where the index is kept, and opened again or gone on with.</param>
    public static int Run(int rows, int dimension, string[] arguments)
    {
        var given = arguments.Select(argument => argument.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        var isFlat = given.GetValueOrDefault("kind") == "flat";
        var options = new ApproximateIndexOptions
        {
            Connectivity = int.Parse(given.GetValueOrDefault("connectivity", "32"), CultureInfo.InvariantCulture),
            ExpansionAdd = int.Parse(given.GetValueOrDefault("expansion", "128"), CultureInfo.InvariantCulture),
            Storage = Enum.Parse<IndexStorage>(given.GetValueOrDefault("storage", "Float16"), ignoreCase: true),
            MaxDegreeOfParallelism = int.Parse(given.GetValueOrDefault("threads", "-1"), CultureInfo.InvariantCulture),
        };
        var draw = new DrawnRows(dimension, isFlat, clusters: Math.Clamp(rows / 200, 10, 5000));
        using var index = Open(given.GetValueOrDefault("file"), draw, rows, dimension, options);
        Console.WriteLine($"{index}, {index.GraphMemory >> 20} MB of graphs");
        foreach (var (name, noise) in isFlat ? [("flat", 0f)] : new[] { ("same", 0f), ("other", 0.7f) })
            Measure(index, name, draw.Next(0, Queries, seed: 2, noise));
        return 0;
    }

    /// <summary>Made in steps, of which each is kept: what was interrupted goes on from there.</summary>
    private static ApproximateIndex Open(string? file, DrawnRows draw, int rows, int dimension, ApproximateIndexOptions options)
    {
        var index = file is not null && File.Exists(file) ? ApproximateIndex.Load(file) : ApproximateIndex.Create(new EmbeddingIndex(dimension), options);
        var (start, kept) = (Stopwatch.GetTimestamp(), index.Count);
        for (var first = index.Count; first < rows; first += Step)
        {
            var count = Math.Min(Step, rows - first);
            index.AddRange([.. Enumerable.Range(first, count).Select(row => new EmbeddingId(row))], draw.Next(first, count, seed: 1, noise: 0));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{index.Count - kept} rows added in {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s"));
            if (file is not null && (index.Count == rows || index.Count % (16 * Step) == 0))
                index.Save(file);
        }

        return index;
    }

    private static void Measure(ApproximateIndex index, string name, float[] queries)
    {
        IReadOnlyList<IReadOnlyList<Neighbor>> nearest = [];
        var exact = Rate(queries, Queries, all => nearest = index.Index.SearchBatch(all, K), rounds: 1);
        var exactSingle = Rate(queries, 20, all => Each(all, index.Index.Dimension, query => index.Index.Search(query, K)), Rounds);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: exact {exactSingle:F1} queries/s one by one, {exact:F0} queries/s in a batch of {Queries}"));
        Console.WriteLine("expansion candidates   recall@10   one by one   times exact   in a batch   times exact");
        foreach (var (expansion, candidates) in _settings)
        {
            index.Tune(expansion, candidates);
            var found = index.SearchBatch(queries, K);
            var recall = nearest.Select((neighbors, query) => neighbors.Intersect(found[query]).Count() / (double)neighbors.Count).Average();
            var single = Rate(queries, 250, all => Each(all, index.Index.Dimension, query => index.Search(query, K)), Rounds);
            var batch = Rate(queries, Queries, all => index.SearchBatch(all, K), Rounds);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{expansion,9} {candidates,10} {recall,11:F4} {single,12:F0} {single / exactSingle,13:F1} {batch,12:F0} {batch / exact,13:F1}"));
        }
    }

    private static void Each(float[] queries, int dimension, Action<float[]> search)
    {
        for (var at = 0; at < queries.Length; at += dimension)
            search(queries[at..(at + dimension)]);
    }

    private static double Rate(float[] queries, int count, Action<float[]> search, int rounds)
    {
        var some = queries[..(count * (queries.Length / Queries))];
        var best = double.MaxValue;
        for (var round = 0; round < rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            search(some);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return count / best;
    }
}
