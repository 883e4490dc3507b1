using BenchmarkDotNet.Attributes;

namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>Maps of 200,000×512 floats in one batch call: I0T_post against a copy on all cores, at most 2.5 times; one with a matrix against the bare product, at most 1.3 times.</summary>
public class ApplyBenchmarks
{
    private float[] _source = [];
    private float[] _destination = [];
    private EmbeddingMap _map = new(1);
    private EmbeddingMap _whitened = new(1);
    private float[] _matrix = [];

    [GlobalSetup]
    public void Setup()
    {
        _source = Matrix.Create();
        _destination = new float[_source.Length];
        _map = MapSteps.Create(
            CenterModalitiesOptions.Default, Matrix.Dimension, MapSteps.Translate(ModalityStatistics.FromRows(_source, Matrix.Dimension).Mean, -1));

        // The steps of whitening and aligning: to multiply by any matrix takes as long as by theirs.
        _matrix = Matrix.Create(Matrix.Dimension, seed: 3);
        _whitened = new EmbeddingMap(Matrix.Dimension, [.. _map.Steps.Take(2), new ProjectStep(_matrix, Matrix.Dimension), new L2NormalizeStep()]);
    }

    [Benchmark]
    public float Product()
    {
        MatrixProduct.Multiply(_source, false, _matrix, true, Matrix.Rows, Matrix.Dimension, Matrix.Dimension, _destination);
        return _destination[^1];
    }

    [Benchmark]
    public float ApplyMatrixRows()
    {
        _whitened.ApplyRows(_source, _destination);
        return _destination[^1];
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
