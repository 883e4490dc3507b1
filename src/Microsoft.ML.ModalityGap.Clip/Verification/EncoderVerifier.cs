using System.Numerics.Tensors;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

namespace Microsoft.ML.ModalityGap;

/// <summary>Runs golden images and texts through the very components a pipeline is made of, and compares.</summary>
internal sealed class EncoderVerifier(IHost host, string modelFolder, EncoderVerificationOptions options)
{
    private const string Input = "Input", Embedding = "Embedding";

    internal EncoderVerification Verify(GoldenFile golden, string imageFolder) =>
        new(golden.Images.Count > 0 ? VerifyImages(golden.Images, imageFolder) : [], golden.Texts.Count > 0 ? VerifyTexts(golden.Texts) : []);

    private EncoderVerificationItem[] VerifyImages(IReadOnlyList<GoldenImage> golden, string imageFolder)
    {
        var estimator = new EmbedClipImagesEstimator(
            host, Embedding, Input, modelFolder, new EmbedClipImagesOptions { Preprocessing = options.Preprocessing, ImageFolder = imageFolder, Encoder = options.Encoder });
        return Run(estimator, golden.Select(image => image.Name), (name, row, prepared, i) =>
        {
            var dimensions = ((VectorDataViewType)prepared[0].Type).Dimensions;
            var pixels = Read<float>(row, prepared[0]);
            if (dimensions is [var rows, var columns, 3])
                (pixels, dimensions) = (ToPlanes(pixels), [3, rows, columns]);
            var embedding = Read<float>(row, row.Schema[Embedding]);
            return Compare(
                name, embedding, golden[i].Embedding, ComparePixels(pixels, dimensions[1], dimensions[2], golden[i].Grid), CompareMoments(pixels, golden[i]), sameIds: null);
        });
    }

    private EncoderVerificationItem[] VerifyTexts(IReadOnlyList<GoldenText> golden)
    {
        var estimator = new EmbedClipTextEstimator(
            host, Embedding, Input, modelFolder, new EmbedClipTextOptions { Tokenizer = options.Tokenizer, Encoder = options.Encoder });
        return Run(estimator, golden.Select(text => text.Text), (name, row, prepared, i) =>
        {
            var sameIds = golden[i].Ids is { } expected ? HaveSameIds(expected, Read<long>(row, prepared[0])) : (bool?)null;
            return Compare(name, Read<float>(row, row.Schema[Embedding]), golden[i].Embedding, pixels: null, moments: null, sameIds);
        });
    }

    /// <summary>Fits, takes the chain without its last step, so that what was prepared stays visible, and compares row by row.</summary>
    private EncoderVerificationItem[] Run(
        EmbedClipEstimator estimator, IEnumerable<string> names, Func<string, DataViewRow, DataViewSchema.Column[], int, EncoderVerificationItem> compare)
    {
        var inputs = names.ToArray();
        var builder = new ArrayDataViewBuilder(host);
        builder.AddColumn(Input, inputs);
        var data = builder.GetDataView();
        using var chain = estimator.Fit(data);
        var encoder = chain.OfType<EncodeWithOnnxTransformer>().Single();
        var output = chain.Where(transformer => transformer is not ColumnSelectingTransformer).Aggregate(data, (view, transformer) => transformer.Transform(view));

        var ids = encoder.Inputs.OrderBy(input => input.Name == "attention_mask").First();
        var prepared = new[] { output.Schema[ids.ColumnName] };
        using var cursor = output.GetRowCursor([.. prepared, output.Schema[Embedding]]);
        var items = new List<EncoderVerificationItem>();
        while (cursor.MoveNext())
            items.Add(compare(inputs[items.Count], cursor, prepared, items.Count));
        return [.. items];
    }

    private EncoderVerificationItem Compare(string name, float[] actual, float[] expected, double? pixels, double? moments, bool? sameIds)
    {
        if (actual.Length != expected.Length)
        {
            throw new InvalidDataException(
                $"The encoder in '{modelFolder}' makes embeddings of {actual.Length} dimensions, but the golden one of '{name}' has {expected.Length}: they are of different models.");
        }

        return new EncoderVerificationItem(name, Cosine(actual, expected), FindLargestDifference(actual, expected), pixels, moments, sameIds);
    }

    private static double Cosine(float[] a, float[] b)
    {
        var (product, aa, bb) = (0.0, 0.0, 0.0);
        for (var i = 0; i < a.Length; i++)
            (product, aa, bb) = (product + ((double)a[i] * b[i]), aa + ((double)a[i] * a[i]), bb + ((double)b[i] * b[i]));
        return product / Math.Sqrt(aa * bb);
    }

    /// <summary>Pixels with channels last as three planes, which golden files have.</summary>
    private static float[] ToPlanes(float[] pixels)
    {
        var planes = new float[pixels.Length];
        for (var i = 0; i < pixels.Length; i++)
            planes[(i % 3 * (pixels.Length / 3)) + (i / 3)] = pixels[i];
        return planes;
    }

    private static double? ComparePixels(float[] pixels, int height, int width, float[]? grid)
    {
        if (grid is null)
            return null;

        var largest = 0.0;
        var (yStep, xStep, i) = (height / GoldenFile.GridSize, width / GoldenFile.GridSize, 0);
        for (var channel = 0; channel < 3; channel++)
        {
            for (var y = 0; y < GoldenFile.GridSize; y++)
            {
                for (var x = 0; x < GoldenFile.GridSize; x++)
                    largest = Math.Max(largest, Math.Abs((double)pixels[(((channel * height) + (y * yStep)) * width) + (x * xStep)] - grid[i++]));
            }
        }

        return largest;
    }

    private static double? CompareMoments(float[] pixels, GoldenImage golden)
    {
        if (golden.Mean is null && golden.StandardDeviation is null)
            return null;

        var largest = 0.0;
        var length = pixels.Length / 3;
        for (var channel = 0; channel < 3; channel++)
        {
            var plane = pixels.AsSpan(channel * length, length);
            var mean = 0.0;
            foreach (var pixel in plane)
                mean += pixel;
            mean /= length;
            var variance = 0.0;
            foreach (var pixel in plane)
                variance += (pixel - mean) * (pixel - mean);
            if (golden.Mean is not null)
                largest = Math.Max(largest, Math.Abs(mean - golden.Mean[channel]));
            if (golden.StandardDeviation is not null)
                largest = Math.Max(largest, Math.Abs(Math.Sqrt(variance / length) - golden.StandardDeviation[channel]));
        }

        return largest;
    }

    /// <summary>Golden ids may be padded as the encoder's input is, or end with the end token.</summary>
    private static bool HaveSameIds(long[] expected, long[] actual) =>
        expected.Length <= actual.Length && actual.AsSpan(0, expected.Length).SequenceEqual(expected)
        && actual.AsSpan(expected.Length).IndexOfAnyExcept(actual[^1]) < 0;

    private static double FindLargestDifference(float[] actual, float[] expected)
    {
        var difference = new float[actual.Length];
        TensorPrimitives.Subtract(actual, expected, difference);
        return Math.Abs(TensorPrimitives.MaxMagnitude<float>(difference));
    }

    private static T[] Read<T>(DataViewRow row, DataViewSchema.Column column)
    {
        VBuffer<T> value = default;
        row.GetGetter<VBuffer<T>>(column)(ref value);
        return [.. value.DenseValues()];
    }
}
