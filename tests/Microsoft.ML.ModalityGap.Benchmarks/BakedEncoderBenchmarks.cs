using BenchmarkDotNet.Attributes;
using Microsoft.ML.OnnxRuntime;
using TinyClip;

namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>What a map behind an encoder costs in ONNX Runtime: 32 images through TinyClip's image encoder, and through the same with I0T_post baked in.</summary>
[MemoryDiagnoser]
public class BakedEncoderBenchmarks
{
    private const int Batch = 32;

    private readonly float[] _pixels = new float[Batch * 3 * TinyClipModel.ImageSize * TinyClipModel.ImageSize];
    private InferenceSession _encoder = null!;
    private InferenceSession _baked = null!;

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        for (var i = 0; i < _pixels.Length; i++)
            _pixels[i] = random.NextSingle();

        var context = new MLContext(seed: 1);
        var path = Path.Combine(TinyClipModel.FindFolder(), TinyClipModel.VisionFile);
        _encoder = new InferenceSession(path);
        var dimension = _encoder.OutputMetadata["image_embeds"].Dimensions[1];
        var mean = Enumerable.Range(0, dimension).Select(_ => random.NextSingle() * 0.1f).ToArray();
        var baked = Path.Combine(Path.GetTempPath(), $"baked-{Guid.NewGuid():N}.onnx");
        context.ModalityGap().AppendToOnnx(path, new EmbeddingMap(dimension, new L2NormalizeStep(), new TranslateStep(mean), new L2NormalizeStep()), baked);
        _baked = new InferenceSession(baked);
        File.Delete(baked);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _encoder.Dispose();
        _baked.Dispose();
    }

    [Benchmark(Baseline = true)]
    public float Encoder() => Run(_encoder);

    [Benchmark]
    public float Baked() => Run(_baked);

    private float Run(InferenceSession session)
    {
        using var input = OrtValue.CreateTensorValueFromMemory(_pixels, [Batch, 3, TinyClipModel.ImageSize, TinyClipModel.ImageSize]);
        using var options = new RunOptions();
        using var results = session.Run(options, ["pixel_values"], [input], ["image_embeds"]);
        return results[0].GetTensorDataAsSpan<float>()[0];
    }
}
