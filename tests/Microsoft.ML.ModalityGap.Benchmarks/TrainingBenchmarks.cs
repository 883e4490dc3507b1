using BenchmarkDotNet.Attributes;

namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>An epoch of I0T_async over 100,000 pairs of 512 dimensions in batches of 256, against its matrix products alone. Target: at most 1.25 times.</summary>
public class TrainingBenchmarks
{
    private const int Pairs = 100_000;
    private const int Batch = 256;

    private readonly MLContext _context = new();
    private readonly float[] _cosines = new float[Batch * Batch];
    private readonly float[][] _gradients = [new float[Batch * Matrix.Dimension], new float[Batch * Matrix.Dimension]];
    private readonly TrainModalityNormalizationOptions _options = new() { BatchSize = Batch, Epochs = 1, Loss = Loss.InfoNCE(labelSmoothing: 0.1) };
    private float[] _first = [];
    private float[] _second = [];
    private PairReader _reader = null!;
    private TrainingPairs _pairs = null!;
    private string _path = "";

    [GlobalSetup]
    public void Setup()
    {
        (_first, _second) = (Matrix.Create(Pairs, seed: 1), Matrix.Create(Pairs, seed: 2));
        _path = Path.GetTempFileName();
        using (var stream = File.Create(_path))
        {
            NpyHeader.Write(stream, NpyElementType.Float32, 2, Pairs, Matrix.Dimension);
            stream.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(_first));
            stream.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(_second));
        }

        var data = _context.ModalityGap().LoadFromNpy(_path);
        _reader = new PairReader(((Runtime.IHostEnvironment)_context).Register("benchmark"), data, ["Image", "Text"], normalizes: true, UnusableRows.Throw);
        _pairs = new TrainingPairs(_reader, _options);
    }

    [GlobalCleanup]
    public void Cleanup() => File.Delete(_path);

    /// <summary>Cosines of a batch, and their gradient's way back to both modalities.</summary>
    [Benchmark(Baseline = true)]
    public void MatrixProducts()
    {
        for (var from = 0; from < Pairs; from += Batch)
        {
            var count = Math.Min(Batch, Pairs - from);
            var first = _first.AsSpan(from * Matrix.Dimension, count * Matrix.Dimension);
            var second = _second.AsSpan(from * Matrix.Dimension, count * Matrix.Dimension);
            var cosines = _cosines.AsSpan(0, count * count);
            MatrixProduct.Multiply(first, false, second, true, count, count, Matrix.Dimension, cosines);
            MatrixProduct.Multiply(cosines, false, second, false, count, Matrix.Dimension, count, _gradients[0].AsSpan(0, first.Length));
            MatrixProduct.Multiply(cosines, true, first, false, count, Matrix.Dimension, count, _gradients[1].AsSpan(0, first.Length));
        }
    }

    [Benchmark]
    public void Epoch() => new TrainingRun(((Runtime.IHostEnvironment)_context).Register("benchmark"), _pairs, _reader.Dimensions, _options).TrainEpoch();
}
