using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using static Microsoft.ML.ModalityGap.Tests.OnnxGraphWriter;

namespace Microsoft.ML.ModalityGap.Tests.Baking;

/// <summary>An encoder with a search behind it finds what the index finds for the encoder's own embeddings.</summary>
[TestClass]
public sealed class AppendSearchToOnnxTests : IDisposable
{
    private const int Inputs = 6, Dimension = 5, Mapped = 4, Rows = 60, Queries = 7, Found = 8;

    private static readonly MLContext _context = new(seed: 1);

    private readonly TemporaryFolder _folder = new();
    private readonly EmbeddingMap _map = new(Dimension, new L2NormalizeStep(), new TranslateStep(Floats(Dimension, 3)), new ProjectStep(Floats(Mapped * Dimension, 4), Mapped), new L2NormalizeStep());

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DataRow(9, SimilarityMetric.Cosine)]
    [DataRow(13, SimilarityMetric.Dot)]
    [DataRow(18, SimilarityMetric.Cosine)]
    [DataRow(21, SimilarityMetric.Dot)]
    public void AppendToOnnx_EncoderOfAnOpset_FindsWhatTheIndexFinds(int opset, SimilarityMetric metric)
    {
        var (encoder, index, found) = (SaveEncoder(opset), CreateIndex(Mapped, metric), _folder.File("find.onnx"));
        _context.ModalityGap().AppendToOnnx(encoder, index, Found, found, _map);
        AssertFindsTheSame(encoder, index, _map, found);
        Assert.AreEqual(opset, OnnxModelFile.Read(found).Opset);
        Assert.AreEqual(MapFingerprint.Join([_map]), _context.ModalityGap().ReadOnnxFingerprints(found)["score"]);
    }

    [TestMethod]
    public void AppendToOnnx_BehindAMapThatIsBakedIn_FindsTheSame()
    {
        var (encoder, index) = (SaveEncoder(), CreateIndex(Mapped));
        _context.ModalityGap().AppendToOnnx(encoder, _map, _folder.File("closed.onnx"));
        _context.ModalityGap().AppendToOnnx(_folder.File("closed.onnx"), index, Found, _folder.File("find.onnx"), options: new OnnxBakingOptions { MappedOutputName = "similarity" });
        AssertFindsTheSame(_folder.File("closed.onnx"), index, queryMap: null, _folder.File("find.onnx"), "similarity");

        // A second map would be one too many.
        var square = CreateIndex(Mapped);
        Assert.Contains("already", Assert.ThrowsExactly<InvalidDataException>(() => _context.ModalityGap().AppendToOnnx(
            _folder.File("closed.onnx"), square, Found, _folder.File("no.onnx"), new EmbeddingMap(Mapped, new L2NormalizeStep()))).Message);
    }

    [TestMethod]
    public void AppendToOnnx_Float16Encoder_FindsTheSame()
    {
        var halves = Floats(Inputs * Dimension, 1).Select(value => (float)(Half)value).ToArray();
        var encoder = Save("half.onnx", new OnnxGraphWriter().Input("x", Float32, "batch", Inputs).Initializer("W", halves, Inputs, Dimension)
            .Node("MatMul", ["x", "W"], ["wide"]).Node("Cast", ["wide"], ["text_embeds"], ("to", OnnxGraphWriter.Float16)).Output("text_embeds", OnnxGraphWriter.Float16, "batch", Dimension).ToArray());
        var index = CreateIndex(Mapped);
        _context.ModalityGap().AppendToOnnx(encoder, index, Found, _folder.File("find.onnx"), _map, new OnnxBakingOptions { KeepFloat16 = true });

        using var session = new InferenceSession(_folder.File("find.onnx"));
        Assert.AreEqual(typeof(Float16), session.OutputMetadata["score"].ElementType);
        using var input = OrtValue.CreateTensorValueFromMemory(Floats(Queries * Inputs, 2), [Queries, Inputs]);
        using var options = new RunOptions();
        using var results = session.Run(options, ["x"], [input], ["text_embeds", "score", "position"]);
        var embeddings = results[0].GetTensorDataAsSpan<Float16>();
        for (var i = 0; i < Queries; i++)
        {
            float[] query = [.. embeddings.Slice(i * Dimension, Dimension).ToArray().Select(value => value.ToFloat())];
            var expected = index.Search(_map.Apply(query), Found);
            for (var j = 0; j < Found; j++)
            {
                Assert.AreEqual(expected[j].Id.Number, results[2].GetTensorDataAsSpan<long>()[i * Found + j], $"query {i}, place {j}");
                Assert.AreEqual(expected[j].Score, results[1].GetTensorDataAsSpan<Float16>()[i * Found + j].ToFloat(), 1e-3f, $"query {i}, place {j}");
            }
        }
    }

    [TestMethod]
    public void AppendToOnnx_WhatDoesNotFit_IsRefusedAndWritesNothing()
    {
        var (encoder, index, path) = (SaveEncoder(), CreateIndex(Mapped), _folder.File("find.onnx"));
        var gap = _context.ModalityGap();
        var message = Assert.ThrowsExactly<InvalidDataException>(() => gap.AppendToOnnx(encoder, index, Found, path)).Message;
        Assert.Contains("5 dimensions", message);
        Assert.Contains("the search takes 4", message);
        Assert.Contains("lead", Assert.ThrowsExactly<ArgumentException>(() => gap.AppendToOnnx(encoder, CreateIndex(3), Found, path, _map)).Message);
        Assert.Contains("empty", Assert.ThrowsExactly<ArgumentException>(() => gap.AppendToOnnx(encoder, new EmbeddingIndex(Mapped), Found, path, _map)).Message);
        Assert.Contains("'W'", Assert.ThrowsExactly<ArgumentException>(() => gap.AppendToOnnx(encoder, index, Found, path, _map, new OnnxBakingOptions { MappedOutputName = "W" })).Message);
        Assert.ThrowsExactly<ArgumentException>(() => gap.AppendToOnnx(encoder, index, Found, encoder, _map));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => gap.AppendToOnnx(encoder, index, 0, path, _map));
        Assert.Contains("opset 8", Assert.ThrowsExactly<InvalidDataException>(() => gap.AppendToOnnx(SaveEncoder(8), index, Found, path, _map)).Message);
        Assert.IsFalse(File.Exists(path));
    }

    private static void AssertFindsTheSame(string encoder, EmbeddingIndex index, EmbeddingMap? queryMap, string found, string output = "score")
    {
        var rows = Floats(Queries * Inputs, 2);
        var embeddings = OnnxRun.Run(encoder, "text_embeds", ("x", rows, Inputs));
        CollectionAssert.AreEqual(embeddings, OnnxRun.Run(found, "text_embeds", ("x", rows, Inputs)));

        using var session = new InferenceSession(found);
        var ids = JsonSerializer.Deserialize<long[]>(session.ModelMetadata.CustomMetadataMap[$"modality_gap.ids.{output}"])!;
        using var input = OrtValue.CreateTensorValueFromMemory(rows, [Queries, Inputs]);
        using var options = new RunOptions();
        using var results = session.Run(options, ["x"], [input], [output, "position"]);
        CollectionAssert.AreEqual(new long[] { Queries, Found }, results[1].GetTensorTypeAndShape().Shape);
        var dimension = embeddings.Length / Queries;
        for (var i = 0; i < Queries; i++)
        {
            var query = embeddings.AsSpan(i * dimension, dimension).ToArray();
            var expected = index.Search(queryMap is null ? query : queryMap.Apply(query), Found);
            for (var j = 0; j < Found; j++)
            {
                Assert.AreEqual(expected[j].Id.Number, ids[results[1].GetTensorDataAsSpan<long>()[i * Found + j]], $"query {i}, place {j}");
                Assert.AreEqual(expected[j].Score, results[0].GetTensorDataAsSpan<float>()[i * Found + j], 1e-5f, $"query {i}, place {j}");
            }
        }
    }

    private static EmbeddingIndex CreateIndex(int dimension, SimilarityMetric metric = SimilarityMetric.Cosine)
    {
        var index = new EmbeddingIndex(dimension, new EmbeddingIndexOptions { Metric = metric });
        for (var i = 0; i < Rows; i++)
            index.Add(i, Floats(dimension, 100 + i));
        return index;
    }

    private string SaveEncoder(int opset = 13) => Save($"encoder{opset}.onnx", new OnnxGraphWriter(opset).Input("x", Float32, "batch", Inputs)
        .Initializer("W", Floats(Inputs * Dimension, 1), Inputs, Dimension).Node("MatMul", ["x", "W"], ["text_embeds"]).Output("text_embeds", Float32, "batch", Dimension).ToArray());

    private string Save(string name, byte[] model)
    {
        File.WriteAllBytes(_folder.File(name), model);
        return _folder.File(name);
    }

    private static float[] Floats(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
    }
}
