using Microsoft.ML.Data;
using SkiaSharp;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>Images in the formats that are read, with the EXIF that says how they are turned; none of more than a server's 24 megapixels.</summary>
internal abstract class ImageTarget : FuzzTarget
{
    private static readonly PredictionEngine<Picture, Pixels> _engine = CreateEngine();

    internal override double Share => 1.5;

    internal override Exception Unwrap(Exception exception)
    {
        while (exception is InvalidOperationException && exception.InnerException is { } inner)
            exception = inner;
        return exception;
    }

    internal override void Read(FuzzInput input)
    {
        // ML.NET's views of bytes have no row of none.
        if (input.Bytes.Length > 0)
            Seeds.ExpectFinite(_engine.Predict(new Picture { Content = input.Bytes }).Values, "the pixels of an image");
    }

    internal static byte[] CreatePng(int width, int height, int seed) => Encode(width, height, seed, SKEncodedImageFormat.Png);

    protected static byte[] Encode(int width, int height, int seed, SKEncodedImageFormat format)
    {
        using var bitmap = new SKBitmap(width, height);
        var random = new Random(seed);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
                bitmap.SetPixel(x, y, new SKColor((uint)random.Next() | 0xFF000000));
        }

        using var data = bitmap.Encode(format, 90);
        return data.ToArray();
    }

    /// <summary>A TIFF structure as EXIF has it: an orientation.</summary>
    protected static byte[] CreateExif(byte orientation) => [(byte)'M', (byte)'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0];

    private static PredictionEngine<Picture, Pixels> CreateEngine()
    {
        var options = new PreprocessClipImagesOptions { MaximumPixels = 24_000_000, Preprocessing = ClipImagePreprocessing.OpenAIClip with { Size = 4, ApplyExifOrientation = true } };
        var empty = Seeds.Context.Data.LoadFromEnumerable(Array.Empty<Picture>());
        return Seeds.Context.Model.CreatePredictionEngine<Picture, Pixels>(Seeds.Context.Transforms.PreprocessClipImages(nameof(Pixels.Values), nameof(Picture.Content), options).Fit(empty));
    }

    private sealed class Picture
    {
        public byte[] Content { get; set; } = [];
    }

    private sealed class Pixels
    {
        [VectorType(3 * 4 * 4)]
        public float[] Values { get; set; } = [];
    }
}
