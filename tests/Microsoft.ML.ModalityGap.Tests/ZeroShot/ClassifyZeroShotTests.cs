using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap.Tests.Conformance;

namespace Microsoft.ML.ModalityGap.Tests.ZeroShot;

[TestClass]
public class ClassifyZeroShotTests
{
    private static readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void Classes_FromPrompts_AreTheNormalizedMeansOfNormalizedPrompts()
    {
        var templates = new PromptTemplates("a {}", "the {} here", "{}!");
        var classes = ZeroShotClasses.FromPrompts(ZeroShotData.Names, templates, ZeroShotData.CreateEncoder());
        for (var c = 0; c < classes.Count; c++)
        {
            var mean = new double[ZeroShotData.Dimension];
            foreach (var prompt in templates.Fill(classes.Names[c]))
            {
                var unit = Normalize(Array.ConvertAll(ZeroShotData.Encode(prompt), value => (double)value));
                for (var d = 0; d < mean.Length; d++)
                    mean[d] += unit[d] / templates.Count;
            }

            var expected = Normalize(mean);
            for (var d = 0; d < mean.Length; d++)
                Assert.AreEqual(expected[d], classes.GetEmbedding(c)[d], 1e-6);
        }
    }

    [TestMethod]
    public void Columns_OfEachRow_EqualDirectComputation()
    {
        var data = ZeroShotData.Create(_ml, rows: 40);
        var imageMap = new EmbeddingMap(ZeroShotData.Dimension, new L2NormalizeStep(), new TranslateStep([.. Enumerable.Range(0, ZeroShotData.Dimension).Select(d => 0.02f * d)]));
        var textMap = new EmbeddingMap(ZeroShotData.Dimension, new TranslateStep([.. Enumerable.Range(0, ZeroShotData.Dimension).Select(d => -0.01f * d)]));
        var classes = ZeroShotClasses.FromPrompts(ZeroShotData.Names, PromptTemplates.Photo, ZeroShotData.CreateEncoder());
        var model = _ml.Transforms.ClassifyZeroShot("Image", classes, new ClassifyZeroShotOptions { ImageMap = imageMap, TextMap = textMap, LogitScale = 7, TopCount = 2 }).Fit(data);
        var images = ColumnValues.Read(data, "Image").ConvertAll(row => (float[])row[0]);
        var rows = ColumnValues.Read(model.Transform(data), "PredictedLabel", "Score", "Probability", "Similarity", "TopLabels", "TopScores");
        for (var i = 0; i < rows.Count; i++)
        {
            var x = Normalize(Array.ConvertAll(imageMap.Apply(images[i]), value => (double)value));
            var cosines = Enumerable.Range(0, 4).Select(c => Dot(x, Normalize(Array.ConvertAll(textMap.Apply(classes.GetEmbedding(c)), value => (double)value)))).ToArray();
            var weights = cosines.Select(cosine => Math.Exp(7 * cosine)).ToArray();
            var order = Enumerable.Range(0, 4).OrderByDescending(c => cosines[c]).ToArray();
            for (var c = 0; c < 4; c++)
            {
                Assert.AreEqual(cosines[c], ((float[])rows[i][3])[c], 1e-5);
                Assert.AreEqual(weights[c] / weights.Sum(), ((float[])rows[i][1])[c], 1e-5);
            }

            Assert.AreEqual((uint)order[0] + 1, rows[i][0]);
            Assert.AreEqual(weights[order[0]] / weights.Sum(), (float)rows[i][2], 1e-5);
            CollectionAssert.AreEqual(new[] { ZeroShotData.Names[order[0]], ZeroShotData.Names[order[1]] }, (string[])rows[i][4]);
            Assert.AreEqual(weights[order[1]] / weights.Sum(), ((float[])rows[i][5])[1], 1e-5);
        }
    }

    [TestMethod]
    public void Probabilities_AtAnyLogitScale_AreFiniteAndSumToOne()
    {
        var data = ZeroShotData.Create(_ml, rows: 20);
        foreach (var scale in new[] { 1e-6f, 1f, 100f, 1e6f, 1e30f })
        {
            var model = _ml.Transforms.ClassifyZeroShot("Image", ZeroShotData.Names, ZeroShotData.CreateEncoder(), new ClassifyZeroShotOptions { LogitScale = scale }).Fit(data);
            foreach (var row in ColumnValues.Read(model.Transform(data), "Score"))
                Assert.AreEqual(1, ((float[])row[0]).Sum(value => (double)value), 1e-5, $"scale {scale}");
        }
    }

    [TestMethod]
    public void MulticlassEvaluate_OfTheOutput_NeedsNothingInBetween()
    {
        var data = ZeroShotData.Create(_ml, rows: 300, noise: 0.8);
        var model = _ml.Transforms.ClassifyZeroShot("Image", ZeroShotData.Names, ZeroShotData.CreateEncoder(), new ClassifyZeroShotOptions { LogitScale = 10 }).Fit(data);
        var output = model.Transform(data);
        var metrics = _ml.MulticlassClassification.Evaluate(output, topKPredictionCount: 2);

        // By names, straight from the rows.
        var rows = ColumnValues.Read(output, "Label", "TopLabels", "Score", "PredictedLabel");
        var labels = ColumnValues.Read(data, "Label").ConvertAll(row => (string)row[0]);
        var right = Enumerable.Range(0, rows.Count).Count(i => ((string[])rows[i][1])[0] == labels[i]) / (double)rows.Count;
        Assert.IsGreaterThan(0.6, right);
        Assert.IsLessThan(0.999, right);
        Assert.AreEqual(right, metrics.MicroAccuracy, 1e-12);
        Assert.AreEqual(Enumerable.Range(0, rows.Count).Count(i => ((string[])rows[i][1]).Take(2).Contains(labels[i])) / (double)rows.Count, metrics.TopKAccuracy, 1e-12);
        Assert.AreEqual(
            Enumerable.Range(0, rows.Count).Average(i => -Math.Log(((float[])rows[i][2])[Array.IndexOf(ZeroShotData.Names, labels[i])])), metrics.LogLoss, 1e-5, "log-loss takes Score for probabilities");

        var matrix = metrics.ConfusionMatrix;
        Assert.AreEqual(4, matrix.NumberOfClasses);
        Assert.Contains("red car", matrix.GetFormattedConfusionTable());
        for (var truth = 0; truth < 4; truth++)
        {
            for (var predicted = 0; predicted < 4; predicted++)
            {
                var expected = Enumerable.Range(0, rows.Count).Count(i => labels[i] == ZeroShotData.Names[truth] && (uint)rows[i][3] == predicted + 1);
                Assert.AreEqual(expected, matrix.Counts[truth][predicted]);
            }
        }
    }

    [TestMethod]
    public void Label_KeyOfAnotherOrder_IsRekeyedByName()
    {
        var data = ZeroShotData.Create(_ml, rows: 60);
        var keyed = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(data).Transform(data);
        var model = _ml.Transforms.ClassifyZeroShot("Image", ZeroShotData.Names, ZeroShotData.CreateEncoder()).Fit(data);
        Assert.AreEqual(
            _ml.MulticlassClassification.Evaluate(model.Transform(data)).LogLoss, _ml.MulticlassClassification.Evaluate(model.Transform(keyed)).LogLoss);
    }

    [TestMethod]
    public void Label_ThatIsNoClass_IsNamed()
    {
        var data = ZeroShotData.CreateDataView(_ml, [new ZeroShotData.Row { Image = ZeroShotData.Encode("cat"), Label = "cat" }, new ZeroShotData.Row { Image = ZeroShotData.Encode("dog"), Label = "zebra" }]);
        var model = _ml.Transforms.ClassifyZeroShot("Image", ZeroShotData.Names, ZeroShotData.CreateEncoder()).Fit(data);
        var exception = Assert.Throws<Exception>(() => _ml.MulticlassClassification.Evaluate(model.Transform(data)));
        var cause = exception.InnerException ?? exception;
        Assert.IsInstanceOfType<InvalidDataException>(cause);
        Assert.Contains("'Label', row 1, has the class 'zebra'", cause.Message);
        Assert.Contains("cat, dog, red car, tree", cause.Message);
    }

    [TestMethod]
    public void Row_WithoutADirection_HasNoPrediction()
    {
        var broken = new float[ZeroShotData.Dimension];
        broken[3] = float.NaN;
        var data = ZeroShotData.CreateDataView(_ml, [new ZeroShotData.Row { Image = new float[ZeroShotData.Dimension] }, new ZeroShotData.Row { Image = broken }, new ZeroShotData.Row { Image = ZeroShotData.Encode("dog") }]);
        var model = _ml.Transforms.ClassifyZeroShot("Image", ZeroShotData.Names, ZeroShotData.CreateEncoder()).Fit(data);
        var rows = ColumnValues.Read(model.Transform(data), "PredictedLabel", "Score", "TopLabels", "Probability");
        for (var i = 0; i < 2; i++)
        {
            Assert.AreEqual(0u, rows[i][0]);
            Assert.IsTrue(((float[])rows[i][1]).All(float.IsNaN));
            Assert.AreEqual("", ((string[])rows[i][2])[0]);
            Assert.IsTrue(float.IsNaN((float)rows[i][3]));
        }

        Assert.AreEqual(2u, rows[2][0]);
    }

    [TestMethod]
    public void PredictionEngine_OfASavedChain_ServesWithoutATextEncoder()
    {
        var data = ZeroShotData.Create(_ml, rows: 50);
        var calls = 0;
        var encoder = new PromptEncoder(texts =>
        {
            calls++;
            return [.. texts.Select(ZeroShotData.Encode)];
        });
        var chain = _ml.Transforms.CenterModalities("Image").Append(_ml.Transforms.ClassifyZeroShot("Image", ZeroShotData.Names, encoder)).Fit(data);
        var expected = ColumnValues.Read(chain.Transform(data), "Score", "PredictedLabel");
        Assert.AreEqual(1, calls, "The prompts of all classes are encoded in one call, once.");

        var loaded = ComponentConformance.SaveAndLoad(chain, data.Schema, out _);
        var engine = new MLContext().Model.CreatePredictionEngine<ZeroShotData.Row, ZeroShotData.Prediction>(loaded, inputSchemaDefinition: DefineInput());
        var images = _ml.Data.CreateEnumerable<ZeroShotData.Row>(data, reuseRowObject: false, ignoreMissingColumns: true).ToArray();
        for (var i = 0; i < images.Length; i++)
        {
            var prediction = engine.Predict(images[i]);
            CollectionAssert.AreEqual((float[])expected[i][0], prediction.Score);
            Assert.AreEqual((uint)expected[i][1], prediction.PredictedLabel);
            Assert.AreEqual(ZeroShotData.Names[prediction.PredictedLabel - 1], prediction.TopLabels[0]);
            Assert.AreEqual(prediction.Probability, prediction.TopScores[0]);
        }

        Assert.AreEqual(1, calls);
        var classifier = ((IEnumerable<ITransformer>)loaded).OfType<ClassifyZeroShotTransformer>().Single();
        CollectionAssert.AreEqual(ZeroShotData.Names, classifier.Classes.Names.ToArray());
        Assert.AreEqual(100f, classifier.LogitScale);
    }

    [TestMethod]
    public void WithLogitScale_ChangesProbabilitiesAndNothingElse()
    {
        var data = ZeroShotData.Create(_ml, rows: 30);
        var model = _ml.Transforms.ClassifyZeroShot("Image", ZeroShotData.Names, ZeroShotData.CreateEncoder()).Fit(data);
        var before = ColumnValues.Read(model.Transform(data), "PredictedLabel", "Similarity", "Probability");
        var after = ColumnValues.Read(model.WithLogitScale(2).Transform(data), "PredictedLabel", "Similarity", "Probability");
        for (var i = 0; i < before.Count; i++)
        {
            Assert.AreEqual(before[i][0], after[i][0]);
            Assert.IsTrue(ColumnValues.AreEqual(before[i][1], after[i][1]));
            Assert.IsLessThan((float)before[i][2], (float)after[i][2]);
        }
    }

    [TestMethod]
    public void PromptEncoder_OfAPipeline_EqualsTheDelegate()
    {
        var data = ZeroShotData.Create(_ml, rows: 20);
        var pipeline = _ml.Transforms.CustomMapping<Text, Embedding>((source, target) => target.Out = ZeroShotData.Encode(source.Prompt), contractName: null);
        var fitted = pipeline.Fit(_ml.Data.LoadFromEnumerable(new[] { new Text() }));
        var expected = ZeroShotClasses.FromPrompts(ZeroShotData.Names, PromptTemplates.Compact, ZeroShotData.CreateEncoder());
        foreach (var encoder in new[] { _ml.ModalityGap().CreatePromptEncoder(pipeline, "Prompt", "Out"), _ml.ModalityGap().CreatePromptEncoder(fitted, "Prompt", "Out") })
        {
            var model = _ml.Transforms.ClassifyZeroShot("Image", ZeroShotData.Names, encoder).Fit(data);
            CollectionAssert.AreEqual(expected.Embeddings.ToArray(), model.Classes.Embeddings.ToArray());
        }
    }

    [TestMethod]
    public void Classes_ManyMorePromptsThanGoAtOnce_AreTheSame()
    {
        var names = Enumerable.Range(0, 450).Select(i => $"thing {i}").ToArray();
        var batches = new List<int>();
        var encoder = new PromptEncoder(texts =>
        {
            batches.Add(texts.Count);
            return [.. texts.Select(text => new float[] { text.Length, text.Sum(letter => letter), 1 })];
        });
        var classes = ZeroShotClasses.FromPrompts(names, PromptTemplates.Photographs, encoder);
        Assert.IsGreaterThan(1, batches.Count);
        Assert.AreEqual(450 * 80, batches.Sum());
        var alone = ZeroShotClasses.FromPrompts([names[^1]], PromptTemplates.Photographs, encoder);
        CollectionAssert.AreEqual(alone.GetEmbedding(0).ToArray(), classes.GetEmbedding(449).ToArray());
    }

    [TestMethod]
    public void Classes_SavedAndLoaded_AreTheSameAndDamageIsSeen()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("classes.bin");
        var classes = ZeroShotClasses.FromPrompts([("cat", ["a cat", "a pet that purrs"]), ("dog", ["a dog"])], ZeroShotData.CreateEncoder());
        classes.Save(path);
        var loaded = ZeroShotClasses.Load(path);
        CollectionAssert.AreEqual(classes.Names.ToArray(), loaded.Names.ToArray());
        CollectionAssert.AreEqual(classes.Embeddings.ToArray(), loaded.Embeddings.ToArray());

        var bytes = File.ReadAllBytes(path);
        bytes[40] ^= 1;
        File.WriteAllBytes(path, bytes);
        Assert.Contains("damaged", Assert.ThrowsExactly<InvalidDataException>(() => ZeroShotClasses.Load(path)).Message);
    }

    private static SchemaDefinition DefineInput()
    {
        var definition = SchemaDefinition.Create(typeof(ZeroShotData.Row));
        definition["Image"].ColumnType = definition["Both"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, ZeroShotData.Dimension);
        return definition;
    }

    private static double[] Normalize(double[] values)
    {
        var norm = Math.Sqrt(values.Sum(value => value * value));
        return Array.ConvertAll(values, value => value / norm);
    }

    private static double Dot(double[] x, double[] y) => x.Zip(y, (a, b) => a * b).Sum();

    private sealed class Text
    {
        public string Prompt { get; set; } = "";
    }

    private sealed class Embedding
    {
        [VectorType(ZeroShotData.Dimension)]
        public float[] Out { get; set; } = [];
    }
}
