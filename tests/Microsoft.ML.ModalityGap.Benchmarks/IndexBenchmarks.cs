using BenchmarkDotNet.Attributes;

namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>Top-10 of 5,000 queries over 25,000×512, beside the bare product of the same matrices.</summary>
public class IndexBenchmarks
{
    private readonly MatrixProductBenchmarks _product = new();
    private float[] _queries = [];
    private EmbeddingIndex _index = new(1);

    [Params(IndexStorage.Float32, IndexStorage.Float16, IndexStorage.Int8)]
    public IndexStorage Storage { get; set; }

    [Params(IndexFirstPass.None, IndexFirstPass.Int8)]
    public IndexFirstPass FirstPass { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _product.Setup();
        _queries = Matrix.CreateClustered(MatrixProductBenchmarks.Queries, seed: 2);
        _index = CreateIndex(MatrixProductBenchmarks.Gallery, new EmbeddingIndexOptions { Storage = Storage, FirstPass = FirstPass });
    }

    [Benchmark(Baseline = true)]
    public float[] BareProduct() => _product.Product();

    [Benchmark]
    public IReadOnlyList<IReadOnlyList<Neighbor>> SearchBatch() => _index.SearchBatch(_queries.AsSpan(), 10);

    /// <summary>What a search did, in counts.</summary>
    internal SearchCounts Count()
    {
        var counts = new SearchCounts();
        _index.SearchBatch(_queries.AsSpan(), 10, new SearchOptions { Counts = counts });
        return counts;
    }

    /// <summary>The most memory the process has beside what it had before, in bytes, over one search.</summary>
    public long MeasureMemory()
    {
        GC.Collect();
        var before = Environment.WorkingSet;
        var largest = before;
        using var done = new ManualResetEventSlim();
        var watch = new Thread(() =>
        {
            while (!done.Wait(1))
                largest = Math.Max(largest, Environment.WorkingSet);
        });
        watch.Start();
        SearchBatch();
        done.Set();
        watch.Join();
        return largest - before;
    }

    internal static EmbeddingIndex CreateIndex(int rows, EmbeddingIndexOptions options)
    {
        var index = new EmbeddingIndex(Matrix.Dimension, options);
        for (var first = 0; first < rows; first += 25_000)
        {
            var count = Math.Min(25_000, rows - first);
            index.AddRange([.. Enumerable.Range(first, count).Select(i => (EmbeddingId)i)], Matrix.CreateClustered(count, seed: 3 + first));
        }

        return index;
    }
}
