using System.Text.Json;
using Microsoft.ML.ModalityGap.Tests.Conformance;

namespace Microsoft.ML.ModalityGap.Tests.Clip;

/// <summary>The oracle is the reference preprocessing (Pillow) of the images in <c>shared/data/clip-shaped</c>: statistics of all pixels, and every 14th pixel in both directions.</summary>
[TestClass]
public sealed class ClipImagesGoldenTests
{
    private const int Step = 14;
    private const double Level = 1.0 / 255;

    private static readonly float[] _standardDeviation =
        [ClipPixelStatistics.OpenAIStandardDeviation.Red, ClipPixelStatistics.OpenAIStandardDeviation.Green, ClipPixelStatistics.OpenAIStandardDeviation.Blue];

    public enum Input
    {
        Path,
        Bytes,
        Image,
    }

    public static IEnumerable<object[]> Cases =>
        from name in new[] { "cats.jpg", "diagram.png", "dog.jpg", "grey.jpg", "palette.png", "portrait.jpg", "small-rgba.png" }
        from input in Enum.GetValues<Input>()
        select new object[] { name, input };

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void PreprocessClipImages_OfSharedImages_MatchesReference(string name, Input input)
    {
        var expected = ReadGolden(name);
        var actual = Preprocess(SharedData.GetPath("clip-shaped", "images", name), input);

        var grid = expected.GetProperty("pixels_16x16_grid").EnumerateArray().Select(value => value.GetDouble()).ToArray();
        var differences = new double[3][];
        for (var channel = 0; channel < 3; channel++)
        {
            differences[channel] = new double[16 * 16];
            for (var i = 0; i < differences[channel].Length; i++)
            {
                var pixel = actual[channel * 224 * 224 + i / 16 * Step * 224 + i % 16 * Step];
                differences[channel][i] = Math.Abs(pixel - grid[channel * 16 * 16 + i]) * _standardDeviation[channel] / Level;
            }
        }

        var all = differences.SelectMany(values => values).ToArray();
        Console.WriteLine($"{name} ({input}): levels of 255: largest {all.Max():F3}, mean {all.Average():F4}, equal {all.Count(value => value < 0.01)} of {all.Length}");

        // Decoders of JPEG may differ by a level; of PNG they may not.
        Assert.IsLessThanOrEqualTo(name.EndsWith(".png", StringComparison.Ordinal) && input != Input.Image ? 0.01 : 2.01, all.Max(), "largest difference, in levels of 255");
        Assert.IsLessThan(0.2, all.Average(), "mean difference, in levels of 255");

        for (var channel = 0; channel < 3; channel++)
        {
            var plane = actual.Skip(channel * 224 * 224).Take(224 * 224).Select(value => (double)value).ToArray();
            var mean = plane.Average();
            var deviation = Math.Sqrt(plane.Average(value => (value - mean) * (value - mean)));
            var tolerance = 0.2 * Level / _standardDeviation[channel];
            Assert.AreEqual(expected.GetProperty("pixel_mean")[channel].GetDouble(), mean, tolerance, $"mean of channel {channel}");
            Assert.AreEqual(expected.GetProperty("pixel_std")[channel].GetDouble(), deviation, tolerance, $"standard deviation of channel {channel}");
        }
    }

    private static JsonElement ReadGolden(string name)
    {
        using var stream = File.OpenRead(SharedData.GetPath("clip-shaped", "golden.json"));
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.GetProperty("images").GetProperty(name).Clone();
    }

    private static float[] Preprocess(string path, Input input)
    {
        var context = new MLContext(seed: 1);
        var rows = context.Data.LoadFromEnumerable([new Row { Source = path, Content = input == Input.Bytes ? File.ReadAllBytes(path) : [] }]);
        IEstimator<ITransformer> estimator = input switch
        {
            Input.Path => context.Transforms.PreprocessClipImages("Pixels", nameof(Row.Source)),
            Input.Bytes => context.Transforms.PreprocessClipImages("Pixels", nameof(Row.Content)),
            _ => context.Transforms.LoadImages("Image", imageFolder: null, nameof(Row.Source)).Append(context.Transforms.PreprocessClipImages("Pixels", "Image")),
        };
        return (float[])ColumnValues.Read(estimator.Fit(rows).Transform(rows), "Pixels").Single()[0];
    }

    private sealed class Row
    {
        public string Source { get; set; } = "";

        public byte[] Content { get; set; } = [];
    }
}
