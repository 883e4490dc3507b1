using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap.Tests.ZeroShot;

/// <summary>What is refused or warned of, and in which words.</summary>
[TestClass]
public class ClassifyZeroShotMistakesTests
{
    private static readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void Arguments_ThatMakeNoSense_AreRefusedWithTheRemedy()
    {
        var encoder = ZeroShotData.CreateEncoder();
        Check("empty", () => _ml.Transforms.ClassifyZeroShot("Image", [], encoder));
        Check("class 1 is empty", () => _ml.Transforms.ClassifyZeroShot("Image", ["cat", " "], encoder));
        Check("one class, 'cat'", () => _ml.Transforms.ClassifyZeroShot("Image", ["cat"], encoder));
        Check("needs one threshold", () => _ml.Transforms.ClassifyZeroShot("Image", ["cat"], encoder, new ClassifyZeroShotOptions { Mode = ZeroShotMode.MultiLabel }));
        Check("Thresholds are for MultiLabel", () => _ml.Transforms.ClassifyZeroShot("Image", ["cat", "dog"], encoder, new ClassifyZeroShotOptions { Thresholds = [0.2f] }));
        Check("'Score' would be written twice", () => _ml.Transforms.ClassifyZeroShot("Image", ["cat", "dog"], encoder, new ClassifyZeroShotOptions { SimilarityColumnName = "Score" }));
        Check("both the embeddings and the true classes", () => _ml.Transforms.ClassifyZeroShot("Label", ["cat", "dog"], encoder));
        Check("2 class names, but 1", () => new ZeroShotClasses(["cat", "dog"], [[1f, 0f]]));
        Check("zero vector", () => new ZeroShotClasses(["cat", "dog"], [[1f, 0f], [0f, 0f]]));
        Check("has no sentence", () => ZeroShotClasses.FromPrompts([("cat", [])], encoder));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ClassifyZeroShotOptions { LogitScale = 0 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ClassifyZeroShotOptions { TopCount = 0 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ClassifyZeroShotOptions { Thresholds = [float.NaN] });

        static void Check(string message, Func<object> create) => Assert.Contains(message, Assert.ThrowsExactly<ArgumentException>(() => create()).Message);
    }

    [TestMethod]
    public void ClassNames_OfSeveralClasses_AreNumberedAndWarnedOf()
    {
        // The prompts are of the name as given: what is behind crane (1) and crane (2) is the same here.
        var context = new MLContext(seed: 1);
        var warnings = new List<string>();
        context.Log += (_, message) =>
        {
            if (message.Kind == ChannelMessageKind.Warning)
                warnings.Add(message.RawMessage);
        };
        var prompts = new List<string>();
        var encoder = new PromptEncoder(texts =>
        {
            prompts.AddRange(texts);
            return [.. texts.Select(ZeroShotData.Encode)];
        });
        var estimator = context.Transforms.ClassifyZeroShot(
            "Image", ["crane", "crane (1)", "cat", "crane"], encoder, new ClassifyZeroShotOptions { Templates = PromptTemplates.NameOnly });
        string[] expected = ["crane (2)", "crane (1)", "cat", "crane (3)"];
        CollectionAssert.AreEqual(expected, estimator.ClassNames.ToArray());
        var classifier = estimator.Fit(ZeroShotData.Create(context, rows: 3));
        CollectionAssert.AreEqual(expected, classifier.Classes.Names.ToArray());
        CollectionAssert.AreEqual(new[] { "crane", "crane (1)", "cat", "crane" }, prompts);
        CollectionAssert.AreEqual(classifier.Classes.GetEmbedding(0).ToArray(), classifier.Classes.GetEmbedding(3).ToArray());
        Assert.Contains("'crane' has become 'crane (1)'", warnings.Single());
        CollectionAssert.AreEqual(new[] { "a (1)", "a (2)" }, new ZeroShotClasses(["a", "a"], [[1f, 0f], [0f, 1f]]).Names.ToArray());
    }

    [TestMethod]
    public void TextEncoder_ThatGivesTooLittle_IsNamed()
    {
        var data = ZeroShotData.Create(_ml, rows: 3);
        Check("8 texts and gave back 1", texts => [[1f]]);
        Check("no embedding", texts => [.. texts.Select(_ => Array.Empty<float>())]);
        Check("a NaN at dimension 1", texts => [.. texts.Select(_ => new[] { 1f, float.NaN })]);
        Check("cancel each other out", texts => [.. texts.Select((_, i) => new[] { i % 2 == 0 ? 1f : -1f })]);

        void Check(string message, Func<IReadOnlyList<string>, IReadOnlyList<float[]>> encode)
        {
            var prompts = new PromptTemplates(Enumerable.Range(0, 4).Select(i => $"{i} {{}}"));
            var estimator = _ml.Transforms.ClassifyZeroShot("Image", ["cat", "dog"], new PromptEncoder(encode), new ClassifyZeroShotOptions { Templates = prompts });
            Assert.Contains(message, Assert.ThrowsExactly<InvalidDataException>(() => estimator.Fit(data)).Message);
        }
    }

    [TestMethod]
    public void Fit_DimensionsThatDiffer_NamesColumnAndBoth()
    {
        var data = ZeroShotData.Create(_ml, rows: 3);
        var exception = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ml.Transforms.ClassifyZeroShot("Image", new ZeroShotClasses(["a", "b"], [[1, 2, 3], [3, 2, 1]])).Fit(data));
        Assert.Contains("Image", exception.Message);
        Assert.Contains("3 dimensions", exception.Message);
    }

    [TestMethod]
    public void Fit_RowsMappedAndClassesNot_Warns()
    {
        Assert.Contains("the class names do not. Give the text modality's map as TextMap", FitMapped(textIsMapped: false, otherMap: false, new ClassifyZeroShotOptions()));
        Assert.AreEqual("", FitMapped(textIsMapped: true, otherMap: false, new ClassifyZeroShotOptions()));
        Assert.AreEqual("", FitMapped(textIsMapped: false, otherMap: false, new ClassifyZeroShotOptions { TextMap = new EmbeddingMap(ZeroShotData.Dimension, new L2NormalizeStep()) }));
    }

    [TestMethod]
    public void Fit_RowsAndClassesOfDifferentMaps_IsRefused() =>
        Assert.Contains("the text encoder", Assert.ThrowsExactly<InvalidDataException>(() => FitMapped(textIsMapped: true, otherMap: true, new ClassifyZeroShotOptions())).Message);

    [TestMethod]
    public void SavedModel_CutOrChanged_IsRefused()
    {
        var data = ZeroShotData.Create(_ml, rows: 5);
        var model = _ml.Transforms.ClassifyZeroShot("Image", ZeroShotData.Names, ZeroShotData.CreateEncoder()).Fit(data);
        using var stream = new MemoryStream();
        _ml.Model.Save(model, data.Schema, stream);
        foreach (var (what, damaged) in Damage.Cut(stream.ToArray()))
            Assert.IsTrue(Damage.IsRefused(damaged, content => new MLContext().Model.Load(content, out _), what), what);
    }

    /// <summary>Classifies centred images by names that are centred too, or not, or by another model; gives the warnings.</summary>
    private static string FitMapped(bool textIsMapped, bool otherMap, ClassifyZeroShotOptions options)
    {
        var context = new MLContext(seed: 1);
        var warnings = new List<string>();
        context.Log += (_, message) =>
        {
            if (message.Kind == ChannelMessageKind.Warning)
                warnings.Add(message.RawMessage);
        };
        var rows = ZeroShotData.Create(context, rows: 30);
        EmbeddingMapTransformer Center(string first, string second, IDataView data) =>
            context.Transforms.CenterModalities(ModalityColumns.PerColumn(first, second)).Fit(data);
        var center = Center("Image", "Both", rows);
        var encode = context.Transforms.CustomMapping<Text, Embedding>((source, target) => target.Both = target.Image = ZeroShotData.Encode(source.Prompt), contractName: null)
            .Fit(context.Data.LoadFromEnumerable(new[] { new Text() }));
        var mapped = otherMap ? Center("Image", "Both", ZeroShotData.Create(context, rows: 30, seed: 77)) : center;
        ITransformer text = textIsMapped ? new TransformerChain<ITransformer>(encode, mapped) : encode;
        context.Transforms.ClassifyZeroShot("Image", ZeroShotData.Names, context.ModalityGap().CreatePromptEncoder(text, "Prompt", "Both"), options).Fit(center.Transform(rows));
        return string.Join('\n', warnings);
    }

    private sealed class Text
    {
        public string Prompt { get; set; } = "";
    }

    private sealed class Embedding
    {
        [VectorType(ZeroShotData.Dimension)]
        public float[] Image { get; set; } = [];

        [VectorType(ZeroShotData.Dimension)]
        public float[] Both { get; set; } = [];
    }
}
