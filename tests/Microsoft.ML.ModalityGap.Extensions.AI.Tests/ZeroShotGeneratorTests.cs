using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tests;

[TestClass]
public class ZeroShotGeneratorTests
{
    private static readonly string[] _classes = ["circle", "square", "star"];

    [TestMethod]
    public void ClassifyZeroShot_WithAGenerator_EqualsThatWithTheTextEncoder()
    {
        var context = new MLContext();
        var rows = Tiny.EmbedImages().Select(embedding => new Row { Image = embedding }).ToArray();
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Image)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, rows[0].Image.Length);
        var data = context.Data.LoadFromEnumerable(rows, schema);
        using var texts = new ClipTextEmbeddingGenerator(Tiny.Folder);
        float[][] Score(ClassifyZeroShotEstimator estimator) => [.. estimator.Fit(data).Transform(data).GetColumn<float[]>("Score")];

        var expected = Score(context.Transforms.ClassifyZeroShot("Image", _classes, context.Transforms.EmbedClipText("Text", "Prompt", Tiny.Folder)));
        var actual = Score(context.Transforms.ClassifyZeroShot("Image", _classes, texts));
        for (var i = 0; i < expected.Length; i++)
        {
            for (var c = 0; c < _classes.Length; c++)
                Assert.AreEqual(expected[i][c], actual[i][c], 1e-3, $"row {i}, {_classes[c]}");
        }

        Assert.IsTrue(expected.Any(scores => scores.Max() > 0.5), "Scores that are all alike compare nothing.");
    }

    private sealed class Row
    {
        public float[] Image { get; set; } = [];
    }
}
