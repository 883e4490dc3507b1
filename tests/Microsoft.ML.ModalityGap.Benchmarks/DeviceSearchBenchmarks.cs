using BenchmarkDotNet.Attributes;
using Microsoft.ML.OnnxRuntime;

namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>Top-10 of 5,000 queries over 25,000×512, the queries normalised, translated, multiplied by 512×512 and normalised first: here, and as one ONNX model on the CPU or a CUDA device.</summary>
public class DeviceSearchBenchmarks
{
    private const int Neighbors = 10;
    private const string Cuda = "CUDAExecutionProvider";

    private float[] _queries = [];
    private float[] _mapped = [];
    private EmbeddingMap _map = new(1);
    private EmbeddingIndex _index = new(1);
    private InferenceSession _cpu = null!;
    private InferenceSession? _device;

    /// <summary>Why there is no device; <see langword="null"/> where there is one.</summary>
    internal string? WhyNoDevice { get; private set; }

    [GlobalSetup]
    public void Setup()
    {
        _queries = Matrix.CreateClustered(MatrixProductBenchmarks.Queries, seed: 2);
        _mapped = new float[_queries.Length];
        _index = IndexBenchmarks.CreateIndex(MatrixProductBenchmarks.Gallery, new EmbeddingIndexOptions());
        _map = new EmbeddingMap(
            Matrix.Dimension, new L2NormalizeStep(), new TranslateStep(Matrix.Create(1, seed: 4)), new ProjectStep(Matrix.Create(Matrix.Dimension, seed: 3), Matrix.Dimension), new L2NormalizeStep());
        var path = Path.Combine(Path.GetTempPath(), $"search-{Guid.NewGuid():N}.onnx");
        new MLContext(seed: 1).ModalityGap().SaveAsOnnx(_index, Neighbors, path, _map);
        _cpu = new InferenceSession(path);
        _device = OpenOnDevice(path);
        File.Delete(path);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _cpu.Dispose();
        _device?.Dispose();
    }

    [Benchmark(Baseline = true)]
    public IReadOnlyList<IReadOnlyList<Neighbor>> MapAndSearch()
    {
        _map.ApplyRows(_queries, _mapped);
        return _index.SearchBatch(_mapped.AsSpan(), Neighbors);
    }

    [Benchmark]
    public long OnnxOnCpu() => Run(_cpu);

    /// <summary>From the host's memory and back to it.</summary>
    internal long OnnxOnDevice() => Run(_device!);

    private InferenceSession? OpenOnDevice(string path)
    {
        if (OrtEnv.Instance().GetAvailableProviders() is var providers && !providers.Contains(Cuda))
        {
            WhyNoDevice = $"this build's ONNX Runtime has {string.Join(", ", providers)}; one with -p:OnnxRuntime=Gpu is needed";
            return null;
        }

        try
        {
            using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
            options.AppendExecutionProvider_CUDA(0);
            return new InferenceSession(path, options);
        }
        catch (OnnxRuntimeException exception)
        {
            WhyNoDevice = exception.Message.ReplaceLineEndings(" ");
            return null;
        }
    }

    private long Run(InferenceSession session)
    {
        using var input = OrtValue.CreateTensorValueFromMemory(_queries, [MatrixProductBenchmarks.Queries, Matrix.Dimension]);
        using var options = new RunOptions();
        using var results = session.Run(options, ["embedding"], [input], ["score", "position"]);
        return results[1].GetTensorDataAsSpan<long>()[0];
    }
}
