using BenchmarkDotNet.Attributes;

namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>I0T_post of 200,000×512 floats in one batch call against a copy on all cores. Target: at most 2.5 times.</summary>
public class ApplyBenchmarks
{
    private float[] _source = [];
    private float[] _destination = [];
    private EmbeddingMap _map = new(1);

    [GlobalSetup]
    public void Setup()
    {
        _source = Matrix.Create();
        _destination = new float[_source.Length];
        _map = MapSteps.Create(
            CenterModalitiesOptions.Default, Matrix.Dimension, MapSteps.Translate(ModalityStatistics.FromRows(_source, Matrix.Dimension).Mean, -1));
    }

    [Benchmark(Baseline = true)]
    public float ParallelCopy()
    {
        Matrix.ForEachCore(_source.Length, (from, to) => _source.AsSpan(from..to).CopyTo(_destination.AsSpan(from..to)));
        return _destination[^1];
    }

    [Benchmark]
    public float ApplyRows()
    {
        _map.ApplyRows(_source, _destination);
        return _destination[^1];
    }

    [Benchmark]
    public float ApplyRowsOneThread()
    {
        _map.ApplyRows(_source, _destination, maxDegreeOfParallelism: 1);
        return _destination[^1];
    }
}
