using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;

namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>One query over 1,000,000×512 floats (2 GB), beside a sum of as many floats on all cores: both wait for the memory.</summary>
public class SingleQueryBenchmarks
{
    public const int Rows = 1_000_000;

    private float[] _query = [];
    private float[] _values = [];
    private EmbeddingIndex _index = new(1);

    [GlobalSetup]
    public void Setup()
    {
        _query = Matrix.CreateDistinct(1, seed: 2);
        _values = Matrix.Create(Rows);
        _index = IndexBenchmarks.CreateIndex(Rows, new EmbeddingIndexOptions { Metric = SimilarityMetric.Dot });
    }

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
}
