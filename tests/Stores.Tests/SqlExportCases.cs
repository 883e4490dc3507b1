using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap;
using Microsoft.ML.ModalityGap.Tool;

namespace Stores.Tests;

/// <summary>What <c>modality-gap export --sql</c> writes for a database, run by that database and held against the maps themselves.</summary>
public abstract class SqlExportCases
{
    // Sums and products in float, in another order.
    private protected const double Tolerance = 1e-4;
    private protected const int K = 20;

    private protected abstract SqlDialect Dialect { get; }

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
            var schema = Run(string.Create(CultureInfo.InvariantCulture, $"kind{number}"), model, "Image", "Text");
            foreach (var modality in (string[])["Image", "Text"])
                AssertNear([.. SampleGallery.Raw[..50].Select(row => model.GetModality(modality).Map.Apply(row))], AskVectors($"SELECT position, {schema}.\"{modality}\"(embedding) FROM gallery ORDER BY position"));
        }

        // Names and fingerprints that have to be quoted.
        var map = new EmbeddingMap(64, new TruncateStep(10), new ScaleStep([.. Enumerable.Range(1, 10).Select(i => i / 3f)]), new L2NormalizeStep());
        var odd = NameSchema("odd");
        Execute(writer => SqlMapScript.Write(writer, Dialect, odd, "it's", [("it's \"$f$\"", map)]));
        Assert.AreEqual("it's", Ask($"SELECT {odd}.fingerprint()"));
        AssertNear([.. SampleGallery.Raw[..50].Select(row => map.Apply(row))], AskVectors($"SELECT position, {odd}.\"it's \"\"$f$\"\"\"(embedding) FROM gallery ORDER BY position"));
        AssertNear([new float[10]], AskVectors($"SELECT 0, {odd}.\"it's \"\"$f$\"\"\"({Dialect.Vector(new float[64])})"));
    }

    [TestMethod]
    public void CenteringScript_CentersAsCenterModalities()
    {
        CreateTable("gallery", SampleGallery.Raw);
        var schema = NameSchema("center");
        Execute(writer => SqlCentering.Write(writer, Dialect, schema, NameTable("gallery"), "embedding", "modality"));
        var ml = new MLContext(seed: 1);
        var rows = ml.Data.LoadFromEnumerable(SampleGallery.Raw.Select((row, position) => new Row { Embedding = row, Modality = position % 2 == 0 ? "Image" : "Text" }));
        var columns = ModalityColumns.PerRow("Embedding", "Modality");
        AssertNear([.. ml.Transforms.CenterModalities(columns).Fit(rows).Transform(rows).GetColumn<float[]>("Embedding")], AskVectors($"SELECT position, centered FROM {schema}.centered ORDER BY position"));
        Assert.AreEqual((long)SampleGallery.Rows / 2, Ask($"SELECT rows FROM {schema}.means WHERE modality = 'Image'"));
    }

    /// <summary>A schema of the test's own.</summary>
    private protected abstract string NameSchema(string name);

    /// <summary>A table with its schema.</summary>
    private protected abstract string NameTable(string name);

    private protected abstract void Do(string sql);

    /// <summary>The first value of the first row.</summary>
    private protected abstract object? Ask(string sql);

    /// <summary>The vectors of rows, each behind a number.</summary>
    private protected abstract float[][] AskVectors(string sql);

    /// <returns>The schema.</returns>
    private protected string Run(string name, EmbeddingMapTransformer model, params string[] modalities)
    {
        var schema = NameSchema(name);
        Execute(writer => SqlMapScript.Write(writer, Dialect, schema, model.Fingerprint, [.. modalities.Select(modality => (modality, model.GetModality(modality).Map))]));
        return schema;
    }

    private protected void CreateTable(string name, float[][] rows)
    {
        Do($"CREATE TABLE {name} (position integer PRIMARY KEY, modality text NOT NULL, embedding {Dialect.GetColumnType(rows[0].Length)} NOT NULL)");
        foreach (var chunk in rows.Select((row, position) => $"({position}, '{(position % 2 == 0 ? "Image" : "Text")}', {Dialect.Vector(row)})").Chunk(500))
            Do($"INSERT INTO {name} VALUES {string.Join(", ", chunk)}");
    }

    private protected static void AssertNear(float[][] expected, float[][] actual)
    {
        Assert.HasCount(expected.Length, actual);
        for (var row = 0; row < expected.Length; row++)
        {
            Assert.HasCount(expected[row].Length, actual[row]);
            for (var i = 0; i < expected[row].Length; i++)
                Assert.AreEqual(expected[row][i], actual[row][i], Tolerance * Math.Max(1, Math.Abs(expected[row][i])), $"row {row}, value {i}");
        }
    }

    /// <summary>The ranks that the database gave are those of <see cref="EmbeddingIndex"/> for all queries, but where rows tie.</summary>
    private protected static void AssertRanks(PreparedGallery gallery, int[][] found)
    {
        var comparison = RankComparison.Compare(gallery.Search(K), found, RankComparison.ReadVectors(gallery.Gallery, "Folded"), RankComparison.ReadVectors(gallery.Queries, "Folded"), Tolerance);
        Assert.AreEqual((SampleGallery.QueryCount, 0), (comparison.Queries, comparison.Others), comparison.ToString());
        Assert.IsGreaterThan(SampleGallery.QueryCount * K * 99 / 100, comparison.Same, comparison.ToString());
    }

    /// <summary>Twice: a script replaces what it has made before.</summary>
    private void Execute(Action<TextWriter> write)
    {
        using var script = new StringWriter();
        write(script);
        Do(script.ToString());
        Do(script.ToString());
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
