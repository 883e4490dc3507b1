using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;

namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>Fitting the means of 200,000×512 floats against a sum of all of them on all cores. Target: at most 1.5 times.</summary>
public class FitBenchmarks
{
    private readonly float[] _product = new float[Matrix.Dimension * Matrix.Dimension];
    private float[] _values = [];

    [GlobalSetup]
    public void Setup() => _values = Matrix.Create();

    [Benchmark(Baseline = true)]
    public double ParallelSum()
    {
        var total = 0.0;
        var gate = new Lock();
        Matrix.ForEachCore(_values.Length, (from, to) =>
        {
            var sum = TensorPrimitives.Sum(_values.AsSpan(from..to));
            lock (gate)
                total += sum;
        });
        return total;
    }

    [Benchmark]
    public double FitMeans() => ModalityStatistics.FromRows(_values, Matrix.Dimension).TotalVariance;

    [Benchmark]
    public double FitVariances() => ModalityStatistics.FromRows(_values, Matrix.Dimension, new() { Moments = ModalityMoments.Variance }).TotalVariance;

    [Benchmark]
    public double FitCovariance() => ModalityStatistics.FromRows(_values, Matrix.Dimension, new() { Moments = ModalityMoments.Covariance }).TotalVariance;

    /// <summary>The bare product XᵀX, which has as many operations as a covariance is counted with: 2·N·d².</summary>
    [Benchmark]
    public float[] GramProduct()
    {
        MatrixProduct.Multiply(_values, transposeA: true, _values, transposeB: false, Matrix.Dimension, Matrix.Dimension, Matrix.Rows, _product);
        return _product;
    }
}
