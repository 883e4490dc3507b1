using System.Globalization;
using System.Numerics.Tensors;
using DuckDB.NET.Data;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap;
using Microsoft.ML.ModalityGap.Tool;

namespace Stores.Tests;

/// <summary>What <c>modality-gap export --sql duckdb</c> writes, run by DuckDB and held against the maps themselves.</summary>
[TestClass]
public sealed class DuckDbSqlExportTests : IDisposable
{
    // Products in float, in another order.
    private const double Tolerance = 1e-4;
    private const int K = 20;

    // A macro takes microseconds for each row of the bank, so a part of the gallery is folded by it.
    private const int Rows = 1000;

    private static readonly SqlDialect _dialect = SqlDialect.ByName["duckdb"];

    private readonly DuckDBConnection _connection = new("Data Source=:memory:");

    public DuckDbSqlExportTests() => _connection.Open();

    public void Dispose() => _connection.Dispose();

    [TestMethod]
    public void MapScript_MapsAndRanksAsTheModel()
    {
        CreateTable("gallery", SampleGallery.Raw[..Rows]);
        CreateTable("queries", SampleGallery.RawQueries);
        var model = SampleGallery.Prepared.Model;
        Run("of_gallery", model.PrepareGallery("Text"), "Image", "Text");
        Run("of_queries", model.PrepareQueries("Text"), "Text");
        Assert.AreEqual(SampleGallery.Prepared.Fingerprint, Ask("SELECT of_gallery.fingerprint()")[0][0]);
        Assert.AreEqual(SampleGallery.Prepared.Fingerprint, Ask("SELECT of_queries.fingerprint()")[0][0]);

        Do("CREATE TABLE mapped AS SELECT position, of_gallery.\"Image\"(embedding) AS folded FROM gallery WHERE modality = 'Image' UNION ALL SELECT position, of_gallery.\"Text\"(embedding) FROM gallery WHERE modality = 'Text'");
        Do("CREATE TABLE asked AS SELECT position, of_queries.\"Text\"(embedding) AS folded FROM queries");
        AssertNear(SampleGallery.Folded[..Rows], AskVectors("SELECT folded FROM mapped ORDER BY position"));
        AssertNear(SampleGallery.FoldedQueries, AskVectors("SELECT folded FROM asked ORDER BY position"));

        // Ranks, by SQL alone.
        var found = Ask($"""
            SELECT list(position ORDER BY place) FROM (
                SELECT a.position AS query, m.position, row_number() OVER (PARTITION BY a.position ORDER BY array_inner_product(m.folded, a.folded) DESC, m.position) AS place FROM asked a, mapped m
                QUALIFY place <= {K})
            GROUP BY query ORDER BY query
            """).Select(row => ((System.Collections.IEnumerable)row[0]).Cast<int>().ToArray()).ToArray();
        int[][] wanted = [.. SampleGallery.FoldedQueries.Select(query => Enumerable.Range(0, Rows).OrderByDescending(row => TensorPrimitives.Dot<float>(query, SampleGallery.Folded[row])).ThenBy(row => row).Take(K).ToArray())];
        var comparison = RankComparison.Compare(wanted, found, SampleGallery.Folded, SampleGallery.FoldedQueries, Tolerance);
        Assert.AreEqual((SampleGallery.QueryCount, 0), (comparison.Queries, comparison.Others), comparison.ToString());
        Assert.IsGreaterThan(SampleGallery.QueryCount * K * 99 / 100, comparison.Same, comparison.ToString());
    }

    [TestMethod]
    public void MapScript_EveryKindOfStep_MapsAsTheMap()
    {
        CreateTable("gallery", SampleGallery.Raw[..50]);
        var ml = new MLContext(seed: 1);
        var pairs = ml.Data.LoadFromEnumerable(SampleGallery.Raw.Chunk(2).Take(300).Select(pair => new Pair { Image = pair[0], Text = pair[1] }));
        EmbeddingMapTransformer[] models =
        [
            ml.Transforms.CenterModalities("Image", "Text").Fit(pairs),
            ml.Transforms.StandardizeModalities("Image", "Text").Fit(pairs),
            ml.Transforms.WhitenModalities("Image", "Text").Fit(pairs),
            ml.Transforms.CorrectSimilarities("Image", "Text", new SimilarityCorrectionOptions { Hubness = HubnessCorrection.LocalScaling(5) }).Fit(pairs).PrepareGallery("Image", "Text"),
            ml.Transforms.CorrectSimilarities("Image", "Text", new SimilarityCorrectionOptions { Hubness = HubnessCorrection.None }).Fit(pairs).PrepareGallery("Text"),
            ml.Transforms.CorrectSimilarities("Image", "Text", new SimilarityCorrectionOptions { Hubness = HubnessCorrection.InvertedSoftmax(5_000) }).Fit(pairs).PrepareGallery("Image"),
            ml.Transforms.CorrectSimilarities("Image", "Text").Fit(pairs).PrepareQueries("Image", "Text"),
        ];
        foreach (var (model, number) in models.Select((model, number) => (model, number)))
        {
            var schema = string.Create(CultureInfo.InvariantCulture, $"kind{number}");
            Run(schema, model, "Image", "Text");
            foreach (var modality in (string[])["Image", "Text"])
                AssertNear([.. SampleGallery.Raw[..50].Select(row => model.GetModality(modality).Map.Apply(row))], AskVectors($"SELECT {schema}.\"{modality}\"(embedding) FROM gallery ORDER BY position"));
        }

        var map = new EmbeddingMap(64, new TruncateStep(10), new ScaleStep([.. Enumerable.Range(1, 10).Select(i => i / 3f)]), new L2NormalizeStep());
        Execute(writer => SqlMapScript.Write(writer, _dialect, "odd", "it's", [("it's \"$f$\"", map)]));
        Assert.AreEqual("it's", Ask("SELECT odd.fingerprint()")[0][0]);
        AssertNear([.. SampleGallery.Raw[..50].Select(row => map.Apply(row))], AskVectors("SELECT odd.\"it's \"\"$f$\"\"\"(embedding) FROM gallery ORDER BY position"));
        AssertNear([new float[10]], AskVectors($"SELECT odd.\"it's \"\"$f$\"\"\"({_dialect.Vector(new float[64])})"));
    }

    [TestMethod]
    public void MapScript_ModalitiesOfOneNameToDuckDb_AreRefused()
    {
        var map = new EmbeddingMap(4, new L2NormalizeStep());
        Assert.Contains("'image' and 'Image'", Assert.ThrowsExactly<UsageException>(() => SqlMapScript.Write(TextWriter.Null, _dialect, "s", "f", [("image", map), ("Image", map)])).Message);
    }

    [TestMethod]
    public void CenteringScript_CentersAsCenterModalities()
    {
        CreateTable("gallery", SampleGallery.Raw);
        Execute(writer => SqlCentering.Write(writer, _dialect, "center", "main.gallery", "embedding", "modality"));
        var ml = new MLContext(seed: 1);
        var rows = ml.Data.LoadFromEnumerable(SampleGallery.Raw.Select((row, position) => new Row { Embedding = row, Modality = position % 2 == 0 ? "Image" : "Text" }));
        var columns = ModalityColumns.PerRow("Embedding", "Modality");
        AssertNear([.. ml.Transforms.CenterModalities(columns).Fit(rows).Transform(rows).GetColumn<float[]>("Embedding")], AskVectors("SELECT centered FROM center.centered ORDER BY position"));
        Assert.AreEqual((long)SampleGallery.Rows / 2, Ask("SELECT rows FROM center.means WHERE modality = 'Image'")[0][0]);
    }

    private void Run(string schema, EmbeddingMapTransformer model, params string[] modalities) =>
        Execute(writer => SqlMapScript.Write(writer, _dialect, schema, model.Fingerprint, [.. modalities.Select(modality => (modality, model.GetModality(modality).Map))]));

    /// <summary>Twice: a script replaces what it has made before.</summary>
    private void Execute(Action<TextWriter> write)
    {
        using var script = new StringWriter();
        write(script);
        Do(script.ToString());
        Do(script.ToString());
    }

    private void CreateTable(string name, float[][] rows)
    {
        Do($"CREATE TABLE {name} (position integer PRIMARY KEY, modality text NOT NULL, embedding {_dialect.GetColumnType(rows[0].Length)} NOT NULL)");
        foreach (var chunk in rows.Select((row, position) => $"({position}, '{(position % 2 == 0 ? "Image" : "Text")}', {_dialect.Vector(row)})").Chunk(500))
            Do($"INSERT INTO {name} VALUES {string.Join(", ", chunk)}");
    }

    private void Do(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private List<object[]> Ask(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<object[]>();
        while (reader.Read())
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetValue)]);
        return rows;
    }

    private float[][] AskVectors(string sql) => [.. Ask(sql).Select(row => ((System.Collections.IEnumerable)row[0]).Cast<float>().ToArray())];

    private static void AssertNear(float[][] expected, float[][] actual)
    {
        Assert.HasCount(expected.Length, actual);
        for (var row = 0; row < expected.Length; row++)
        {
            Assert.HasCount(expected[row].Length, actual[row]);
            for (var i = 0; i < expected[row].Length; i++)
                Assert.AreEqual(expected[row][i], actual[row][i], Tolerance * Math.Max(1, Math.Abs(expected[row][i])), $"row {row}, value {i}");
        }
    }

    private sealed class Pair
    {
        [VectorType(64)]
        public float[] Image { get; set; } = [];

        [VectorType(64)]
        public float[] Text { get; set; } = [];
    }

    private sealed class Row
    {
        [VectorType(64)]
        public float[] Embedding { get; set; } = [];

        public string Modality { get; set; } = "";
    }
}
