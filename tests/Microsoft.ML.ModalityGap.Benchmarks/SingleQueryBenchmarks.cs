using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;

namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>One query over 1,000,000×512 floats (2 GB), beside a sum of as many floats on all cores: both wait for the memory.</summary>
public class SingleQueryBenchmarks
{
    public const int Rows = 1_000_000;

    /// <summary>How rows are held. A million of them as float32 and a sum of as many floats are 4 GB.</summary>
    [Params(IndexStorage.Float32, IndexStorage.Float16, IndexStorage.Int8)]
    public IndexStorage Storage { get; set; }

    /// <summary>What is looked through first.</summary>
    public IndexFirstPass FirstPass { get; set; }

    private float[] _query = [];
    private float[] _values = [];
    private EmbeddingIndex _index = new(1);

    [GlobalSetup]
    public void Setup()
    {
        _query = Matrix.CreateClustered(1, seed: 2);
        _values = Storage == IndexStorage.Float32 ? Matrix.Create(Rows) : [];
        _index = IndexBenchmarks.CreateIndex(Rows, new EmbeddingIndexOptions { Storage = Storage, FirstPass = FirstPass });
    }

    /// <summary>Lets the floats to sum up go.</summary>
    internal void Release() => _values = [];

    [Benchmark(Baseline = true)]
    public double ParallelSum()
    {
        var gate = new Lock();
        var sum = 0.0;
        Matrix.ForEachCore(_values.Length, (first, end) =>
        {
            var part = TensorPrimitives.Sum<float>(_values.AsSpan(first..end));
            lock (gate)
                sum += part;
        });
        return sum;
    }

    [Benchmark]
    public IReadOnlyList<Neighbor> Search() => _index.Search(_query, 10);

    /// <summary>By a first cut of sign bits.</summary>
    internal IReadOnlyList<Neighbor> Search(SearchOptions options) => _index.Search(_query, 10, options);

    /// <summary>The share of the ten nearest of other queries that are found.</summary>
    internal double MeasureRecall(SearchOptions options) => _index.MeasureRecall(Matrix.CreateClustered(50, seed: 2), 10, options);
}
