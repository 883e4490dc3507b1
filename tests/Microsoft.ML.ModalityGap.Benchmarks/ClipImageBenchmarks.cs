using BenchmarkDotNet.Attributes;
using SkiaSharp;

namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>OpenAI's CLIP preprocessing of a 750×751 image, decoding apart. The baseline is Pillow's algorithm written plainly, on one thread. Target: at least as fast.</summary>
public unsafe class ClipImageBenchmarks
{
    private const int Width = 750;
    private const int Height = 751;

    private readonly ClipImageDecoder _decoder = new(PreprocessClipImagesOptions.DefaultMaximumPixels, appliesOrientation: false);
    private readonly ClipImagePreprocessor _preprocessor = new(ClipImagePreprocessing.OpenAIClip);
    private readonly ClipImagePreprocessor _portable = new(ClipImagePreprocessing.OpenAIClip, avx2: false);
    private readonly float[] _destination = new float[ClipImagePreprocessing.OpenAIClip.OutputLength];
    private ScalarResize? _scalar;
    private byte[] _jpeg = [];
    private byte[] _pixels = [];

    [GlobalSetup]
    public void Setup()
    {
        _jpeg = CreateJpeg();
        _decoder.Decode(_jpeg);
        _pixels = _decoder.Pixels.ToArray();
        var (horizontal, vertical) = ClipGeometry.Plan(ClipImagePreprocessing.OpenAIClip, Width, Height);
        _scalar = new ScalarResize(
            ResampleWeights.Create(ClipResampling.Bicubic, Width, horizontal), ResampleWeights.Create(ClipResampling.Bicubic, Height, vertical));

        Scalar();
        var expected = _destination.ToArray();
        Preprocess();
        if (!expected.AsSpan().SequenceEqual(_destination))
            throw new InvalidOperationException("The baseline and what is measured against it give different pixels.");
    }

    [Benchmark]
    public int DecodeJpeg()
    {
        _decoder.Decode(_jpeg);
        return _decoder.Pixels[^1];
    }

    [Benchmark(Baseline = true)]
    public float Scalar()
    {
        _scalar!.Run(_pixels, Width, ClipImagePreprocessing.OpenAIClip, _destination);
        return _destination[^1];
    }

    [Benchmark]
    public float Preprocess()
    {
        _preprocessor.Run(_pixels, Width, Height, blueFirst: false, _destination);
        return _destination[^1];
    }

    /// <summary>What processors without AVX2 run.</summary>
    [Benchmark]
    public float PreprocessPortable()
    {
        _portable.Run(_pixels, Width, Height, blueFirst: false, _destination);
        return _destination[^1];
    }

    /// <summary>Waves of different lengths with some noise: as hard to decode as a photograph.</summary>
    private static byte[] CreateJpeg()
    {
        var random = new Random(1);
        var pixels = new byte[Width * Height * 4];
        for (var i = 0; i < pixels.Length; i++)
        {
            var (x, y, channel) = (i / 4 % Width, i / 4 / Width, i % 4);
            pixels[i] = channel == 3 ? byte.MaxValue : (byte)(128 + 60 * Math.Sin((x + channel * 20) / 17.0) + 40 * Math.Cos(y / 5.0) + random.Next(-12, 12));
        }

        fixed (byte* address = pixels)
        {
            using var pixmap = new SKPixmap(new SKImageInfo(Width, Height, SKColorType.Rgba8888, SKAlphaType.Opaque), (nint)address);
            using var data = pixmap.Encode(SKEncodedImageFormat.Jpeg, 90);
            return data!.ToArray();
        }
    }

    /// <summary>Two passes in 22-bit fixed point over pixels of four bytes, a pixel and a channel at a time; then (p/255 − mean) ÷ deviation.</summary>
    private sealed class ScalarResize(ResampleWeights horizontal, ResampleWeights vertical)
    {
        private readonly byte[] _between = new byte[horizontal.Count * vertical.SourceCount * 4];

        internal void Run(byte[] pixels, int width, ClipImagePreprocessing preprocessing, float[] destination)
        {
            fixed (byte* source = pixels, between = _between)
            fixed (int* rowWeights = horizontal.Values, columnWeights = vertical.Values)
            {
                var count = horizontal.Count;
                for (var y = 0; y < vertical.SourceCount; y++)
                {
                    for (var x = 0; x < count; x++)
                    {
                        var first = source + ((y + vertical.SourceFirst) * width + horizontal.Starts[x]) * 4;
                        Sum(first, 4, rowWeights + x * horizontal.Taps, horizontal.Taps, between + (y * count + x) * 4);
                    }
                }

                var pixel = stackalloc byte[4];
                var plane = count * vertical.Count;
                for (var y = 0; y < vertical.Count; y++)
                {
                    for (var x = 0; x < count; x++)
                    {
                        var first = between + ((vertical.Starts[y] - vertical.SourceFirst) * count + x) * 4;
                        Sum(first, count * 4, columnWeights + y * vertical.Taps, vertical.Taps, pixel);
                        var i = y * count + x;
                        destination[i] = (float)((pixel[0] * (1.0 / 255) - preprocessing.Mean.Red) / preprocessing.StandardDeviation.Red);
                        destination[i + plane] = (float)((pixel[1] * (1.0 / 255) - preprocessing.Mean.Green) / preprocessing.StandardDeviation.Green);
                        destination[i + 2 * plane] = (float)((pixel[2] * (1.0 / 255) - preprocessing.Mean.Blue) / preprocessing.StandardDeviation.Blue);
                    }
                }
            }
        }

        private static void Sum(byte* first, int step, int* weights, int taps, byte* result)
        {
            var (red, green, blue) = (1 << 21, 1 << 21, 1 << 21);

            // Weights that only fill up the last group of four are not counted against the baseline.
            while (weights[taps - 1] == 0 && taps > 1)
                taps--;
            for (var tap = 0; tap < taps; tap++, first += step)
            {
                red += first[0] * weights[tap];
                green += first[1] * weights[tap];
                blue += first[2] * weights[tap];
            }

            result[0] = (byte)Math.Clamp(red >> 22, 0, 255);
            result[1] = (byte)Math.Clamp(green >> 22, 0, 255);
            result[2] = (byte)Math.Clamp(blue >> 22, 0, 255);
        }
    }
}
