using Microsoft.ML.Data;
using static Microsoft.ML.ModalityGap.Tests.Alignment.CenterModalitiesTests;

namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>Pairs that share a signal, each modality with a mean and noise of its own; dimensions may differ.</summary>
internal sealed class PairedEmbeddings
{
    private PairedEmbeddings(double[][] image, double[][] text)
    {
        (Image, Text) = (image, text);
    }

    public double[][] Image { get; }

    public double[][] Text { get; }

    public double[][] UnitImage => NaiveMatrix.Normalize(Round(Image));

    public double[][] UnitText => NaiveMatrix.Normalize(Round(Text));

    public static PairedEmbeddings Create(int rows = 120, int imageDimension = 6, int textDimension = 6, double noise = 0.3, int seed = 1, double quantum = 0)
    {
        var random = new Random(seed);
        double Gauss() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        double[] Vector(int n) => [.. Enumerable.Range(0, n).Select(_ => Gauss())];
        double Round(double value) => quantum > 0 ? Math.Round(value / quantum) * quantum : value;
        var signals = 4;
        var (toImage, toText) = (Enumerable.Range(0, imageDimension).Select(_ => Vector(signals)).ToArray(), Enumerable.Range(0, textDimension).Select(_ => Vector(signals)).ToArray());
        if (imageDimension == textDimension)
            toText = [.. toImage.Select(row => row.Select(x => x + 0.3 * Gauss()).ToArray())];
        var (imageMean, textMean) = (Vector(imageDimension), Vector(textDimension));
        var (image, text) = (new double[rows][], new double[rows][]);
        for (var i = 0; i < rows; i++)
        {
            var signal = Vector(signals);
            image[i] = [.. NaiveMatrix.Multiply(toImage, signal).Select((x, d) => Round(x + 2 * imageMean[d] + noise * Gauss()))];
            text[i] = [.. NaiveMatrix.Multiply(toText, signal).Select((x, d) => Round(x + 2 * textMean[d] + noise * Gauss()))];
        }

        return new PairedEmbeddings(image, text);
    }

    public static PairedEmbeddings From(double[][] image, double[][] text) => new(image, text);

    public IDataView ToDataView(MLContext context)
    {
        var definition = SchemaDefinition.Create(typeof(TestEmbeddings.Pair));
        definition[nameof(TestEmbeddings.Pair.Image)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, Image[0].Length);
        definition[nameof(TestEmbeddings.Pair.Text)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, Text[0].Length);
        return context.Data.LoadFromEnumerable(
            Image.Select((row, i) => new TestEmbeddings.Pair { Id = i, Image = ToSingle(row), Text = ToSingle(Text[i]), Modality = i % 3 == 0 ? "image" : "text" }).ToList(), definition);
    }

    /// <summary>What a model makes of the rows is what the formula makes of them, within 1e-5 (float against double) or a tolerance of one's own.</summary>
    public void AssertMapped(ITransformer model, double[][] image, double[][] text, double tolerance = 1e-5)
    {
        var output = model.Transform(ToDataView(new MLContext()));
        foreach (var (name, expected) in new[] { ("Image", image), ("Text", text) })
            Assert.IsLessThan(tolerance, NaiveMatrix.Distance(expected, [.. ReadRows(output, name).Select(row => Array.ConvertAll(row, x => (double)x))]), name);
    }

    private static float[] ToSingle(double[] row) => Array.ConvertAll(row, x => (float)x);

    private static double[][] Round(double[][] rows) => [.. rows.Select(row => row.Select(x => (double)(float)x).ToArray())];
}
