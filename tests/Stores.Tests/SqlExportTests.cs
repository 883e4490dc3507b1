using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap;
using Microsoft.ML.ModalityGap.Tool;

namespace Stores.Tests;

/// <summary>What <c>modality-gap export --sql</c> writes, run by PostgreSQL and held against the maps themselves.</summary>
[TestClass]
public class SqlExportTests
{
    // Sums in float, in another order.
    private const double Tolerance = 1e-4;
    private const int K = 20;

    private static readonly SqlDialect _dialect = SqlDialect.ByName["postgresql"];

    [TestMethod]
    public void MapScript_MapsAndRanksAsTheModel()
    {
        using var store = PostgreSqlServer.Open();
        try
        {
            CreateTable(store, "gallery", SampleGallery.Raw);
            CreateTable(store, "queries", SampleGallery.RawQueries);
            var model = SampleGallery.Prepared.Model;
            var gallery = Run(store, "gallery", model.PrepareGallery("Text"), "Image", "Text");
            var queries = Run(store, "query", model.PrepareQueries("Text"), "Text");
            Assert.AreEqual(SampleGallery.Prepared.Fingerprint, store.Ask($"SELECT {gallery}.fingerprint()"));
            Assert.AreEqual(SampleGallery.Prepared.Fingerprint, store.Ask($"SELECT {queries}.fingerprint()"));

            store.Do($"CREATE TABLE mapped AS SELECT position, CASE modality WHEN 'Image' THEN {gallery}.\"Image\"(embedding) ELSE {gallery}.\"Text\"(embedding) END AS folded FROM gallery");
            store.Do($"CREATE TABLE asked AS SELECT position, {queries}.\"Text\"(embedding) AS folded FROM queries");
            AssertNear(SampleGallery.Folded, store.AskVectors("SELECT position, folded FROM mapped ORDER BY position"));
            AssertNear(SampleGallery.FoldedQueries, store.AskVectors("SELECT position, folded FROM asked ORDER BY position"));

            // Ranks, by SQL alone.
            var found = store.AskVectors($"""
                SELECT a.position, array_agg(f.position ORDER BY f.distance, f.position)::vector
                FROM asked a, LATERAL (SELECT m.position, m.folded <#> a.folded AS distance FROM mapped m ORDER BY m.folded <#> a.folded, m.position LIMIT {K}) f
                GROUP BY a.position ORDER BY a.position
                """);
            var comparison = RankComparison.Compare(
                SampleGallery.Prepared.Search(K), [.. found.Select(row => row.Vector.Select(position => (int)position).ToArray())], SampleGallery.Folded, SampleGallery.FoldedQueries, Tolerance);
            Assert.AreEqual((SampleGallery.QueryCount, 0), (comparison.Queries, comparison.Others), comparison.ToString());
            Assert.IsGreaterThan(SampleGallery.QueryCount * K * 99 / 100, comparison.Same, comparison.ToString());
        }
        finally
        {
            Drop(store);
        }
    }

    [TestMethod]
    public void MapScript_EveryKindOfStep_MapsAsTheMap()
    {
        using var store = PostgreSqlServer.Open();
        try
        {
            CreateTable(store, "gallery", SampleGallery.Raw[..50]);
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
                var schema = Run(store, string.Create(CultureInfo.InvariantCulture, $"kind{number}"), model, "Image", "Text");
                foreach (var modality in (string[])["Image", "Text"])
                    AssertNear([.. SampleGallery.Raw[..50].Select(row => model.GetModality(modality).Map.Apply(row))], store.AskVectors($"SELECT position, {schema}.\"{modality}\"(embedding) FROM gallery ORDER BY position"));
            }

            var map = new EmbeddingMap(64, new TruncateStep(10), new ScaleStep([.. Enumerable.Range(1, 10).Select(i => i / 3f)]), new L2NormalizeStep());
            Execute(store, writer => SqlMapScript.Write(writer, _dialect, store.Schema + "_odd", "f", [("it's \"$f$\"", map)]));
            AssertNear([.. SampleGallery.Raw[..50].Select(row => map.Apply(row))], store.AskVectors($"SELECT position, {store.Schema}_odd.\"it's \"\"$f$\"\"\"(embedding) FROM gallery ORDER BY position"));
        }
        finally
        {
            Drop(store);
        }
    }

    [TestMethod]
    public void CenteringScript_CentersAsCenterModalities()
    {
        using var store = PostgreSqlServer.Open();
        try
        {
            CreateTable(store, "gallery", SampleGallery.Raw);
            Execute(store, writer => SqlCentering.Write(writer, _dialect, store.Schema + "_center", $"{store.Schema}.gallery", "embedding", "modality"));
            var ml = new MLContext(seed: 1);
            var rows = ml.Data.LoadFromEnumerable(SampleGallery.Raw.Select((row, position) => new Row { Embedding = row, Modality = position % 2 == 0 ? "Image" : "Text" }));
            var columns = ModalityColumns.PerRow("Embedding", "Modality");
            AssertNear(
                [.. ml.Transforms.CenterModalities(columns).Fit(rows).Transform(rows).GetColumn<float[]>("Embedding")],
                store.AskVectors($"SELECT position, centered FROM {store.Schema}_center.centered ORDER BY position"));
            Assert.AreEqual((long)SampleGallery.Rows / 2, store.Ask($"SELECT rows FROM {store.Schema}_center.means WHERE modality = 'Image'"));
        }
        finally
        {
            Drop(store);
        }
    }

    private static string Run(PostgreSqlStore store, string name, EmbeddingMapTransformer model, params string[] modalities)
    {
        var schema = $"{store.Schema}_{name}";
        Execute(store, writer => SqlMapScript.Write(writer, _dialect, schema, model.Fingerprint, [.. modalities.Select(modality => (modality, model.GetModality(modality).Map))]));
        return schema;
    }

    /// <summary>Twice: a script replaces what it has made before.</summary>
    private static void Execute(PostgreSqlStore store, Action<TextWriter> write)
    {
        using var script = new StringWriter();
        write(script);
        store.Do(script.ToString());
        store.Do(script.ToString());
    }

    private static void CreateTable(PostgreSqlStore store, string name, float[][] rows)
    {
        store.Do($"CREATE TABLE {name} (position integer PRIMARY KEY, modality text NOT NULL, embedding vector({rows[0].Length}) NOT NULL)");
        foreach (var chunk in rows.Select((row, position) => $"({position}, '{(position % 2 == 0 ? "Image" : "Text")}', {_dialect.Vector(row)})").Chunk(500))
            store.Do($"INSERT INTO {name} VALUES {string.Join(", ", chunk)}");
    }

    private static void AssertNear(float[][] expected, IReadOnlyList<(int Number, float[] Vector)> actual)
    {
        Assert.HasCount(expected.Length, actual);
        for (var row = 0; row < expected.Length; row++)
        {
            Assert.HasCount(expected[row].Length, actual[row].Vector);
            for (var i = 0; i < expected[row].Length; i++)
                Assert.AreEqual(expected[row][i], actual[row].Vector[i], Tolerance * Math.Max(1, Math.Abs(expected[row][i])), $"row {row}, value {i}");
        }
    }

    /// <summary>All schemas of the test's own.</summary>
    private static void Drop(PostgreSqlStore store) => store.Do($$"""
        DO $d$ DECLARE s text; BEGIN
            FOR s IN SELECT nspname FROM pg_namespace WHERE nspname LIKE '{{store.Schema.Replace("_", "\\_", StringComparison.Ordinal)}}%' LOOP EXECUTE format('DROP SCHEMA %I CASCADE', s); END LOOP;
        END $d$
        """);

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
