using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap.Tests.Alignment;

[TestClass]
public class CenterModalitiesTests
{
    private const int Dimension = 13;

    [TestMethod]
    public void Fit_TwoColumns_EqualsTheFormulaInDoubles()
    {
        var context = new MLContext();
        var data = TestEmbeddings.CreateDataView(context);
        var model = context.Transforms.CenterModalities("Image", "Text").Fit(data);
        foreach (var name in new[] { "Image", "Text" })
        {
            var expected = CenterInDoubles(ReadRows(data, name), normalize: true);
            AssertRows(expected, ReadRows(model.Transform(data), name));
        }
    }

    [TestMethod]
    public void Fit_ModalityPerRow_CentersEachModalityByItsOwnMean()
    {
        var context = new MLContext();
        var data = TestEmbeddings.CreateDataView(context);
        var model = context.Transforms.CenterModalities(ModalityColumns.PerRow("Image", "Modality")).Fit(data);
        CollectionAssert.AreEqual(new[] { "image", "text" }, model.Modalities.Select(entry => entry.Modality).ToArray());
        Assert.AreEqual(50, model.GetModality("image").Statistics!.Count);

        var (before, after) = (ReadRows(data, "Image"), ReadRows(model.Transform(data), "Image"));
        foreach (var remainder in new[] { new[] { 0 }, [1, 2] })
        {
            var rows = Enumerable.Range(0, before.Length).Where(i => remainder.Contains(i % 3)).ToArray();
            AssertRows(CenterInDoubles([.. rows.Select(i => before[i])], normalize: true), [.. rows.Select(i => after[i])]);
        }
    }

    [TestMethod]
    public void Fit_WithoutInputNormalization_LeavesItOutOfTheMap()
    {
        var context = new MLContext();
        var data = TestEmbeddings.CreateDataView(context);
        var model = context.Transforms.CenterModalities(ModalityColumns.PerColumn("Image"), new() { NormalizeInput = false }).Fit(data);
        Assert.HasCount(2, model.Modalities[0].Map.Steps);
        AssertRows(CenterInDoubles(ReadRows(data, "Image"), normalize: false), ReadRows(model.Transform(data), "Image"));
    }

    [TestMethod]
    public void Fit_Transformer_ShowsMapsAndStatistics()
    {
        var context = new MLContext();
        var model = context.Transforms.CenterModalities("Image", "Text").Fit(TestEmbeddings.CreateDataView(context));
        var image = model.GetModality("Image");
        Assert.AreEqual(150, image.Statistics!.Count);
        Assert.IsInstanceOfType<TranslateStep>(image.Map.Steps[1]);
        Assert.AreEqual((float)-image.Statistics.Mean[3], ((TranslateStep)image.Map.Steps[1]).Offset[3]);
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => model.GetModality("Sound")).Message, "'Image', 'Text'");
    }

    [TestMethod]
    public void Fit_ShardsMergedFromFiles_EqualsFitOnAll()
    {
        var context = new MLContext();
        using var folder = new TemporaryFolder();
        var data = TestEmbeddings.CreateDataView(context);
        var columns = ModalityColumns.PerColumn("Image", "Text");
        for (var shard = 0; shard < 3; shard++)
        {
            var part = shard == 0 ? data : context.Data.SkipRows(data, shard * 50);
            foreach (var (name, statistics) in context.ModalityGap().ComputeStatistics(context.Data.TakeRows(part, 50), columns))
                statistics.Save(folder.File($"{name}.{shard}"));
        }

        var merged = new[] { "Image", "Text" }.ToDictionary(
            name => name, name => ModalityStatistics.Merge(Enumerable.Range(0, 3).Select(shard => ModalityStatistics.Load(folder.File($"{name}.{shard}")))));
        var fromShards = context.Transforms.CenterModalities(columns).Fit(merged);
        var fromAll = context.Transforms.CenterModalities(columns).Fit(data);
        for (var i = 0; i < 2; i++)
        {
            var (a, b) = ((TranslateStep)fromShards.Modalities[i].Map.Steps[1], (TranslateStep)fromAll.Modalities[i].Map.Steps[1]);
            for (var d = 0; d < Dimension; d++)
                Assert.AreEqual(b.Offset[d], a.Offset[d], 1e-7f);
        }
    }

    [TestMethod]
    public void Fit_DataSetsOfDifferentLength_CentersEachByItsOwn()
    {
        var context = new MLContext();
        var inputs = new Dictionary<string, IDataView>
        {
            ["Image"] = TestEmbeddings.CreateDataView(context, rows: 150),
            ["Text"] = TestEmbeddings.CreateDataView(context, rows: 40, seed: 9),
        };
        var estimator = context.Transforms.CenterModalities("Image", "Text");
        var model = estimator.Fit(inputs);
        foreach (var (name, data) in inputs)
            AssertRows(CenterInDoubles(ReadRows(data, name), normalize: true), ReadRows(model.Transform(data), name));
        Assert.AreEqual(40, model.GetModality("Text").Statistics!.Count);
        inputs.Remove("Text");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => estimator.Fit(inputs)).Message, "'Text'");
    }

    [TestMethod]
    public void Fit_StatisticsThatDoNotFit_SaysWhy()
    {
        var estimator = new MLContext().Transforms.CenterModalities("Image", "Text");
        var statistics = ModalityStatistics.FromRows(TestEmbeddings.Create(5, 4, 1), 4);
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(() => estimator.Fit(new Dictionary<string, ModalityStatistics> { ["Image"] = statistics })).Message, "for the modality 'Text'");
        var raw = ModalityStatistics.FromRows(TestEmbeddings.Create(5, 4, 1), 4, new() { Normalize = false });
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(() => estimator.Fit(new Dictionary<string, ModalityStatistics> { ["Image"] = statistics, ["Text"] = raw })).Message, "unnormalised");
    }

    [TestMethod]
    [DataRow("NaN")]
    [DataRow("Infinity")]
    [DataRow("zero")]
    [DataRow("length")]
    public void Fit_UnusableRow_ThrowsOrSkipsAndWarns(string kind)
    {
        var context = new MLContext();
        var warnings = new List<string>();
        context.Log += (_, message) =>
        {
            if (message.Kind == ChannelMessageKind.Warning)
            {
                lock (warnings)
                    warnings.Add(message.Message);
            }
        };
        var rows = Enumerable.Range(0, 40).Select(i => new TestEmbeddings.Pair { Image = TestEmbeddings.Create(1, Dimension, i), Text = TestEmbeddings.Create(1, Dimension, i + 50) }).ToList();
        foreach (var bad in new[] { 23, 31 })
        {
            rows[bad].Text = kind switch
            {
                "NaN" => [.. rows[bad].Text[..4], float.NaN, .. rows[bad].Text[5..]],
                "Infinity" => [.. rows[bad].Text[..4], float.NegativeInfinity, .. rows[bad].Text[5..]],
                "zero" => new float[Dimension],
                _ => [1, 2, 3],
            };
        }

        var data = TestEmbeddings.CreateDataView(context, rows, Dimension, variable: true);
        var exception = Assert.ThrowsExactly<InvalidDataException>(() => context.Transforms.CenterModalities("Image", "Text").Fit(data));
        StringAssert.Contains(exception.Message, "Column 'Text', row 23 cannot be used");
        StringAssert.Contains(exception.Message, kind switch { "NaN" => "a NaN at dimension 4", "Infinity" => "an infinity at dimension 4", "zero" => "a zero vector", _ => "3 dimensions where 13" });

        var model = context.Transforms.CenterModalities(ModalityColumns.PerColumn("Image", "Text"), new() { UnusableRows = UnusableRows.Skip }).Fit(data);
        Assert.AreEqual(2, model.GetModality("Text").Statistics!.SkippedCount);
        Assert.AreEqual(0, model.GetModality("Image").Statistics!.SkippedCount);
        Assert.ContainsSingle(warnings);
        StringAssert.Contains(warnings[0], "2 of 40 rows");
    }

    [TestMethod]
    public void Fit_NoModalityValue_ThrowsOrSkips()
    {
        var context = new MLContext();
        var rows = Enumerable.Range(0, 10).Select(i => new TestEmbeddings.Pair { Image = TestEmbeddings.Create(1, 4, i), Modality = i == 6 ? "" : "image" }).ToList();
        var data = TestEmbeddings.CreateDataView(context, rows, 4, variable: true);
        var columns = ModalityColumns.PerRow("Image", "Modality");
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => context.Transforms.CenterModalities(columns).Fit(data)).Message, "'Modality', row 6, names no modality");
        Assert.AreEqual(9, context.Transforms.CenterModalities(columns, new() { UnusableRows = UnusableRows.Skip }).Fit(data).Modalities[0].Statistics!.Count);
    }

    [TestMethod]
    [DataRow(0, "no row")]
    [DataRow(1, "has 1 usable row, but at least 2 are needed")]
    public void Fit_TooFewRows_Throws(int count, string message)
    {
        var context = new MLContext();
        var rows = Enumerable.Range(0, count).Select(i => new TestEmbeddings.Pair { Image = TestEmbeddings.Create(1, 4, i) });
        foreach (var variable in new[] { true, false })
        {
            var exception = Assert.ThrowsExactly<InvalidDataException>(() => context.Transforms.CenterModalities("Image").Fit(TestEmbeddings.CreateDataView(context, rows, 4, variable)));
            StringAssert.Contains(exception.Message, message);
        }
    }

    [TestMethod]
    public void Transform_UnknownModality_NamesItAndTheKnownOnes()
    {
        var context = new MLContext();
        var columns = ModalityColumns.PerRow("Image", "Modality");
        var model = context.Transforms.CenterModalities(columns).Fit(TestEmbeddings.CreateDataView(context, dimension: 4));
        var other = TestEmbeddings.CreateDataView(context, [new TestEmbeddings.Pair { Image = [1, 2, 3, 4], Modality = "sound" }], 4);
        var exception = ThrowsWhileReading(() => ReadRows(model.Transform(other), "Image"));
        StringAssert.Contains(exception.Message, "row 0, has the modality 'sound', for which nothing was fitted. There is 'image', 'text'");
    }

    [TestMethod]
    public void Transform_RowOfAnotherLength_NamesColumnRowAndSizes()
    {
        var context = new MLContext();
        var model = context.Transforms.CenterModalities("Image").Fit(TestEmbeddings.CreateDataView(context, dimension: 4));
        var rows = new[] { new TestEmbeddings.Pair { Image = [1, 2, 3, 4] }, new TestEmbeddings.Pair { Image = [1, 2, 3] } };
        var exception = ThrowsWhileReading(() => ReadRows(model.Transform(TestEmbeddings.CreateDataView(context, rows, 4, variable: true)), "Image"));
        StringAssert.Contains(exception.Message, "Column 'Image', row 1: the map takes 4 dimensions, but the row has 3");
    }

    [TestMethod]
    public void Transform_ColumnOfAnotherSize_IsASchemaMismatch()
    {
        var context = new MLContext();
        var model = context.Transforms.CenterModalities("Image").Fit(TestEmbeddings.CreateDataView(context, dimension: 4));
        var exception = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => model.Transform(TestEmbeddings.CreateDataView(context, dimension: 5)));
        StringAssert.Contains(exception.Message, "expected a vector of Single with 4 dimensions, got Vector<Single, 5>");
    }

    [TestMethod]
    public void Transform_SparseRows_EqualsDenseOnes()
    {
        var context = new MLContext();
        var model = context.Transforms.CenterModalities("Image").Fit(TestEmbeddings.CreateDataView(context, dimension: 4));
        var definition = SchemaDefinition.Create(typeof(SparseRow));
        definition[nameof(SparseRow.Image)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 4);
        var sparse = context.Data.LoadFromEnumerable([new SparseRow { Image = new VBuffer<float>(4, 2, [3f, 5f], [1, 3]) }], definition);
        AssertRows([[.. model.Modalities[0].Map.Apply([0, 3, 0, 5]).Select(x => (double)x)]], ReadRows(model.Transform(sparse), "Image"));
    }

    [TestMethod]
    public void PredictionEngine_OneRow_EqualsTheMap()
    {
        var context = new MLContext();
        var model = context.Transforms.CenterModalities("Image").Append(context.Transforms.CopyColumns("Copy", "Image")).Fit(TestEmbeddings.CreateDataView(context, dimension: 4));
        var engine = context.Model.CreatePredictionEngine<EngineInput, EngineOutput>(model);
        var map = ((EmbeddingMapTransformer)model.First()).Modalities[0].Map;
        CollectionAssert.AreEqual(map.Apply([1, 2, 3, 4]), engine.Predict(new EngineInput { Image = [1, 2, 3, 4] }).Copy);
    }

    [TestMethod]
    public void PerColumn_BadNames_Throws()
    {
        Assert.ThrowsExactly<ArgumentException>(() => ModalityColumns.PerColumn(Array.Empty<string>()));
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => ModalityColumns.PerColumn("Image", "Image")).Message, "'Image' is given twice");
        Assert.ThrowsExactly<ArgumentException>(() => ModalityColumns.PerRow("Image", "Image"));
        Assert.ThrowsExactly<ArgumentException>(() => ModalityColumns.PerRow("Image", "Modality", "Modality"));
    }

    [TestMethod]
    public void CreateTransformer_MapsMadeByHand_AppliesThem()
    {
        var context = new MLContext();
        var map = new EmbeddingMap(Dimension, new TruncateStep(5), new L2NormalizeStep());
        var data = TestEmbeddings.CreateDataView(context);
        var model = context.ModalityGap().CreateTransformer(ModalityColumns.PerColumn("Image"), new ModalityMap("Image", map));
        var output = model.Transform(data);
        Assert.AreEqual(5, ((VectorDataViewType)output.Schema["Image"].Type).Size);

        // Names of thirteen dimensions say nothing about five.
        Assert.IsNotNull(data.Schema["Image"].Annotations.Schema.GetColumnOrNull("SlotNames"));
        Assert.IsNull(output.Schema["Image"].Annotations.Schema.GetColumnOrNull("SlotNames"));
        CollectionAssert.AreEqual(map.Apply(ReadRows(data, "Image")[7]), ReadRows(output, "Image")[7]);
        Assert.ThrowsExactly<ArgumentException>(() => context.ModalityGap().CreateTransformer(ModalityColumns.PerColumn("Image"), new ModalityMap("Text", map)));
    }

    internal static float[][] ReadRows(IDataView data, string column) => [.. Conformance.ColumnValues.Read(data, column).Select(row => (float[])row[0])];

    internal static double[][] CenterInDoubles(float[][] rows, bool normalize)
    {
        var unit = rows.Select(row => Array.ConvertAll(row, x => (double)x)).Select(row => normalize ? NaiveMoments.Normalize(row) : row).ToArray();
        var mean = Enumerable.Range(0, unit[0].Length).Select(d => unit.Average(row => row[d])).ToArray();
        return [.. unit.Select(row => NaiveMoments.Normalize([.. row.Select((x, d) => x - mean[d])]))];
    }

    /// <summary>Floats against doubles: within 1e-5.</summary>
    internal static void AssertRows(double[][] expected, float[][] actual)
    {
        Assert.AreEqual(expected.Length, actual.Length);
        for (var row = 0; row < expected.Length; row++)
        {
            for (var d = 0; d < expected[row].Length; d++)
                Assert.AreEqual(expected[row][d], actual[row][d], 1e-5, $"row {row}, dimension {d}");
        }
    }

    /// <summary>ML.NET reads ahead on threads of its own and wraps what fails there.</summary>
    private static InvalidDataException ThrowsWhileReading(Action action)
    {
        var exception = Assert.Throws<Exception>(action);
        return exception as InvalidDataException ?? Assert.IsInstanceOfType<InvalidDataException>(exception.InnerException);
    }

    private sealed class SparseRow
    {
        public VBuffer<float> Image { get; set; }
    }

    private sealed class EngineInput
    {
        [VectorType(4)]
        public float[] Image { get; set; } = [];
    }

    private sealed class EngineOutput
    {
        [VectorType(4)]
        public float[] Copy { get; set; } = [];
    }
}
