using System.Text.Json;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;

namespace Microsoft.ML.ModalityGap.Tests.Onnx;

/// <summary>A search as an ONNX model finds what the index finds; the oracle is the index, whose own tests are against naive ones.</summary>
[TestClass]
public sealed class SearchToOnnxTests : IDisposable
{
    private const int Dimension = 12;
    private const int Rows = 400;
    private const int Queries = 9;

    private static readonly MLContext _context = new(seed: 1);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DataRow(9, SimilarityMetric.Cosine, IndexStorage.Float32)]
    [DataRow(13, SimilarityMetric.Cosine, IndexStorage.Float16)]
    [DataRow(13, SimilarityMetric.Dot, IndexStorage.Float32)]
    [DataRow(21, SimilarityMetric.Dot, IndexStorage.Int8)]
    public void SaveAsOnnx_AnyOpsetMetricAndForm_FindsWhatTheIndexFinds(int opset, SimilarityMetric metric, IndexStorage storage)
    {
        var index = CreateIndex(new EmbeddingIndexOptions { Metric = metric, Storage = storage }, i => 7 * i + 1);
        index.Remove(Enumerable.Range(0, 40).Select(i => (EmbeddingId)(70 * i + 1)));
        var path = _folder.File("search.onnx");
        _context.ModalityGap().SaveAsOnnx(index, 10, path, options: new OnnxExportOptions { OpsetVersion = opset });
        AssertFindsTheSame(index, queryMap: null, path, 10, Dimension);
    }

    [TestMethod]
    public void SaveAsOnnx_WithAQueryMap_MapsQueriesFirst()
    {
        var random = new Random(5);
        var map = new EmbeddingMap(
            20, new L2NormalizeStep(), new TranslateStep([.. Enumerable.Range(0, 20).Select(_ => random.NextSingle() - 0.5f)]),
            new ProjectStep([.. Enumerable.Range(0, Dimension * 20).Select(_ => random.NextSingle() - 0.5f)], Dimension), new L2NormalizeStep());
        var index = CreateIndex(new EmbeddingIndexOptions { FirstPass = IndexFirstPass.Int8 }, i => $"row {i}", "of other maps");
        var path = _folder.File("search.onnx");
        _context.ModalityGap().SaveAsOnnx(index, 5, path, map, new OnnxExportOptions { InputName = "text", OutputName = "similarity" });
        AssertFindsTheSame(index, map, path, 5, 20, "text", "similarity");
        Assert.AreEqual(MapFingerprint.Join([map]), _context.ModalityGap().ReadOnnxFingerprints(path)["similarity"]);
    }

    /// <summary>What <c>PrepareGallery</c> and <c>PrepareQueries</c> make holds the correction: the graph ranks as the corrected search does.</summary>
    [TestMethod]
    public void SaveAsOnnx_PreparedVectors_RankAsTheCorrectedSearch()
    {
        var model = _context.Transforms.CorrectSimilarities("Image", "Text").Fit(TestEmbeddings.CreateDataView(_context, rows: 150, dimension: Dimension));
        var pairs = TestEmbeddings.CreateDataView(_context, rows: 120, dimension: Dimension, seed: 3);
        var gallery = Read(model.PrepareGallery("Text").Transform(pairs), "Image");
        var queryMap = model.PrepareQueries("Text").GetModality("Text").Map;
        var index = new EmbeddingIndex(gallery[0].Length, new EmbeddingIndexOptions { Metric = SimilarityMetric.Dot });
        for (var i = 0; i < gallery.Count; i++)
            index.Add(i, gallery[i]);
        var corrected = new EmbeddingIndex(Dimension, new EmbeddingIndexOptions { Correction = model.Correction });
        var mapped = model.Transform(pairs);
        foreach (var (row, i) in Read(mapped, "Image").Select((row, i) => (row, i)))
            corrected.Add(i, row, "Image");

        var path = _folder.File("search.onnx");
        _context.ModalityGap().SaveAsOnnx(index, 8, path, queryMap);
        var queries = Read(pairs, "Text");
        var (_, positions) = Run(path, [.. queries.SelectMany(row => row)], queries.Count, 8, queries[0].Length, "embedding", "score");
        var texts = Read(mapped, "Text");
        for (var i = 0; i < queries.Count; i++)
        {
            var expected = corrected.Search(texts[i], 8, new SearchOptions { QueryModality = "Text" }).Select(neighbor => neighbor.Id.Number).ToArray();
            CollectionAssert.AreEqual(expected, positions.AsSpan(i * 8, 8).ToArray(), $"query {i}");
        }
    }

    [TestMethod]
    public void SaveAsOnnx_QueriesWithoutADirection_FindNothing()
    {
        var path = _folder.File("search.onnx");
        _context.ModalityGap().SaveAsOnnx(CreateIndex(new EmbeddingIndexOptions(), i => i), 3, path);
        var queries = TestEmbeddings.Create(3, Dimension, seed: 2);
        queries.AsSpan(0, Dimension).Clear();
        queries[Dimension + 4] = float.NaN;
        var (scores, positions) = Run(path, queries, 3, 3, Dimension, "embedding", "score");
        Assert.IsTrue(scores.AsSpan(0, 6).ToArray().All(float.IsNaN));
        Assert.IsTrue(positions.AsSpan(0, 6).ToArray().All(position => position == -1));
        Assert.IsTrue(positions.AsSpan(6, 3).ToArray().All(position => position >= 0));
    }

    [TestMethod]
    public void SaveAsOnnx_EqualRows_TheFirstComesFirst()
    {
        var index = new EmbeddingIndex(2);
        for (var i = 0; i < 50; i++)
            index.Add(i, i % 5 == 3 ? [1f, 1f] : [1f, -1f]);
        var path = _folder.File("search.onnx");
        _context.ModalityGap().SaveAsOnnx(index, 1000, path);
        var (_, positions) = Run(path, [1f, 1f], 1, 50, 2, "embedding", "score");
        CollectionAssert.AreEqual(Enumerable.Range(0, 50).OrderBy(i => i % 5 == 3 ? 0 : 1).ThenBy(i => i).Select(i => (long)i).ToArray(), positions);
    }

    [TestMethod]
    public void SaveAsOnnx_WhatAGraphCannotSay_IsRefused()
    {
        var path = _folder.File("search.onnx");
        var gap = _context.ModalityGap();
        var index = CreateIndex(new EmbeddingIndexOptions(), i => i);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => gap.SaveAsOnnx(index, 0, path));
        Assert.Contains("lead", Assert.ThrowsExactly<ArgumentException>(() => gap.SaveAsOnnx(index, 3, path, new EmbeddingMap(5, new L2NormalizeStep()))).Message);
        Assert.Contains("empty", Assert.ThrowsExactly<ArgumentException>(() => gap.SaveAsOnnx(new EmbeddingIndex(3), 3, path)).Message);
        var noise = CreateIndex(new EmbeddingIndexOptions { Metric = SimilarityMetric.SignalToNoise }, i => i);
        Assert.Contains("SignalToNoise", Assert.ThrowsExactly<ArgumentException>(() => gap.SaveAsOnnx(noise, 3, path)).Message);
        var correction = _context.Transforms.CorrectSimilarities("Image", "Text").Fit(TestEmbeddings.CreateDataView(_context, rows: 150, dimension: Dimension)).Correction;
        Assert.Contains("PrepareGallery", Assert.ThrowsExactly<ArgumentException>(() => gap.SaveAsOnnx(new EmbeddingIndex(Dimension, new EmbeddingIndexOptions { Correction = correction }), 3, path)).Message);
        Assert.IsFalse(File.Exists(path));
    }

    /// <summary>By counts: nobody makes an index of 2 GB to see it refused.</summary>
    [TestMethod]
    public void SaveAsOnnx_MoreThanTwoGigabytes_IsRefused()
    {
        OnnxSearch.CheckSize(1_038_000, 512, "index");
        OnnxSearch.CheckSize(8, 66_000_000, "index");
        foreach (var (rows, dimension) in new[] { (1_049_000L, 512), (1_000_000_000L, 1024), (9L, int.MaxValue) })
        {
            var exception = Assert.ThrowsExactly<ArgumentException>(() => OnnxSearch.CheckSize(rows, dimension, "index"));
            Assert.Contains($"{rows} rows of {dimension} float32", exception.Message);
            Assert.AreEqual("index", exception.ParamName);
        }

        // Long ids or a large map are no rows: parts of a message are referred to, so that this one has the same megabyte many times.
        var (model, megabyte) = (new ProtobufMessage(), new byte[1 << 20]);
        for (var i = 0; i < 2047; i++)
            model.AddRaw(megabyte);
        Assert.AreSame(model, OnnxExport.CheckLength(model));
        Assert.Contains("2 GB", Assert.ThrowsExactly<ArgumentException>(() => OnnxExport.CheckLength(model.AddRaw(megabyte))).Message);
    }

    private static EmbeddingIndex CreateIndex(EmbeddingIndexOptions options, Func<int, EmbeddingId> getId, string? fingerprint = null)
    {
        var index = new EmbeddingIndex(Dimension, options, fingerprint);
        var rows = TestEmbeddings.Create(Rows, Dimension, seed: 1);
        for (var i = 0; i < Rows; i++)
            index.Add(getId(i), rows.AsSpan(i * Dimension, Dimension), i % 2 == 0 ? "image" : "text");
        return index;
    }

    private static void AssertFindsTheSame(EmbeddingIndex index, EmbeddingMap? queryMap, string path, int k, int dimension, string input = "embedding", string output = "score")
    {
        var queries = TestEmbeddings.Create(Queries, dimension, seed: 2);
        var (scores, positions) = Run(path, queries, Queries, k, dimension, input, output);
        using var session = new InferenceSession(path);
        var ids = JsonSerializer.Deserialize<JsonElement[]>(session.ModelMetadata.CustomMetadataMap[$"modality_gap.ids.{output}"])!;
        Assert.HasCount(index.Count, ids);
        for (var i = 0; i < Queries; i++)
        {
            var query = queries.AsSpan(i * dimension, dimension).ToArray();
            var expected = index.Search(queryMap is null ? query : queryMap.Apply(query), k);
            for (var j = 0; j < k; j++)
            {
                Assert.AreEqual(expected[j].Id.ToString(), ids[positions[i * k + j]].ToString(), $"query {i}, place {j}");

                // Sums of 12 products of numbers around 1, in another order.
                Assert.AreEqual(expected[j].Score, scores[i * k + j], 2e-5f, $"query {i}, place {j}");
            }
        }
    }

    private static (float[] Scores, long[] Positions) Run(string path, float[] queries, int count, int k, int dimension, string input, string output)
    {
        using var session = new InferenceSession(path);
        using var value = OrtValue.CreateTensorValueFromMemory(queries, [count, dimension]);
        using var options = new RunOptions();
        using var results = session.Run(options, [input], [value], [output, "position"]);
        CollectionAssert.AreEqual(new long[] { count, k }, results[1].GetTensorTypeAndShape().Shape);
        return (results[0].GetTensorDataAsSpan<float>().ToArray(), results[1].GetTensorDataAsSpan<long>().ToArray());
    }

    private static List<float[]> Read(IDataView view, string column) => [.. view.GetColumn<float[]>(column)];
}
