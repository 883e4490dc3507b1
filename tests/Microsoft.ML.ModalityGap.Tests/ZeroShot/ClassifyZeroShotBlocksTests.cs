using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap.Tests.Conformance;

namespace Microsoft.ML.ModalityGap.Tests.ZeroShot;

/// <summary>Rows scored in blocks: what is asked for is the same whatever else is asked for beside, and rows without a direction disturb none of their block.</summary>
[TestClass]
public class ClassifyZeroShotBlocksTests
{
    private const int Dimension = 6;
    private const int Classes = 40;
    private const int Rows = 300;

    private readonly MLContext _ml = new(seed: 1);
    private readonly float[][] _rows = [.. TestEmbeddings.Create(Rows, Dimension, seed: 2).Chunk(Dimension)];
    private readonly float[][] _classes = [.. TestEmbeddings.Create(Classes, Dimension, seed: 3).Chunk(Dimension)];

    [TestMethod]
    [DataRow(ZeroShotMode.SingleLabel)]
    [DataRow(ZeroShotMode.MultiLabel)]
    public void Column_Alone_IsWhatItIsBesideAllOthers(ZeroShotMode mode)
    {
        _rows[200] = new float[Dimension];
        _rows[201][3] = float.NaN;
        var output = Transform(mode);
        string[] all = [.. output.Schema.Where(column => column.Name != "Embedding").Select(column => column.Name)];
        Assert.HasCount(mode == ZeroShotMode.SingleLabel ? 6 : 5, all);
        var together = ColumnValues.Read(output, all);
        for (var column = 0; column < all.Length; column++)
        {
            var alone = ColumnValues.Read(output, all[column]);
            for (var row = 0; row < Rows; row++)
                Assert.IsTrue(ColumnValues.AreEqual(together[row][column], alone[row][0]), $"{all[column]}, row {row}");
        }
    }

    [TestMethod]
    public void Classes_EquallyLikely_TheFirstIsTaken()
    {
        // Every class twice: the second of the two is never the likeliest, though it is as likely.
        for (var i = 0; i < Classes; i += 2)
            _classes[i + 1] = _classes[i];
        foreach (var row in ColumnValues.Read(Transform(ZeroShotMode.SingleLabel), "PredictedLabel", "Score"))
        {
            var scores = (float[])row[1];
            var likeliest = Array.IndexOf(scores, scores.Max());
            Assert.AreEqual(0, likeliest % 2);
            Assert.AreEqual((uint)likeliest + 1, row[0]);
        }
    }

    private IDataView Transform(ZeroShotMode mode)
    {
        var schema = SchemaDefinition.Create(typeof(Row));
        schema["Embedding"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, Dimension);
        var data = _ml.Data.LoadFromEnumerable(_rows.Select(row => new Row { Embedding = row }).ToArray(), schema);
        var classes = new ZeroShotClasses([.. Enumerable.Range(0, Classes).Select(i => $"class {i}")], _classes);
        var options = new ClassifyZeroShotOptions
        {
            Mode = mode,
            Thresholds = mode == ZeroShotMode.MultiLabel ? [0.7f] : [],
            SimilarityColumnName = "Similarity",
            TopLabelsColumnName = "TopLabels",
            TopScoresColumnName = "TopScores",
            TopCount = 3,
        };
        return _ml.Transforms.ClassifyZeroShot("Embedding", classes, options).Fit(data).Transform(data);
    }

    private sealed class Row
    {
        public float[] Embedding { get; set; } = [];
    }
}
