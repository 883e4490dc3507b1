using Apache.Arrow;
using Apache.Arrow.Compression;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;
using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tests;

[TestClass]
public class ArrowTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow("e.arrow", true, true)]
    [DataRow("e.feather", true, false)]
    [DataRow("stream.arrow", false, true)]
    public void Load_FilesAndStreams_GivesEveryBitAndTheFingerprintOfNpy(string name, bool isFile, bool isFixed)
    {
        using var folder = new TemporaryFolder();
        var vectors = Embeddings.Draw(2_000, 64);
        Write(folder.File(name), isFile, vectors, rows: 300, isFixed);
        var view = _ml.ModalityGap().LoadFromArrow(folder.File(name));
        Assert.AreEqual(2_000L, view.GetRowCount());
        Embeddings.AssertEqual(vectors, Embeddings.Read(view, "embedding"));
        CollectionAssert.AreEqual(Enumerable.Range(0, 2_000).Select(i => $"caption {i}").ToArray(), view.GetColumn<string>("caption").ToArray());
        CollectionAssert.AreEqual(Enumerable.Range(0, 2_000).Select(i => (long)i).ToArray(), view.GetColumn<long>("id").ToArray());
        CollectionAssert.AreEqual(Enumerable.Range(0, 2_000).Select(i => i % 3 == 0).ToArray(), view.GetColumn<bool>("good").ToArray());
        Assert.AreEqual("0123456789abcdef", view.Schema["embedding"].FindMapFingerprint());

        _ml.ModalityGap().SaveAsNpy(Embeddings.CreateTable(_ml, vectors), folder.File("e.npy"), "Embedding");
        string Fit(IDataView data) => _ml.Transforms.CenterModalities(ModalityColumns.PerColumn("embedding")).Fit(data).Modalities[0].Map.Fingerprint;
        Assert.AreEqual(Fit(_ml.ModalityGap().LoadFromNpy(folder.File("e.npy"), "embedding")), Fit(view));
    }

    [TestMethod]
    [DataRow(CompressionCodecType.Lz4Frame, true)]
    [DataRow(CompressionCodecType.Zstd, true)]
    [DataRow(CompressionCodecType.Lz4Frame, false)]
    [DataRow(CompressionCodecType.Zstd, false)]
    public void Load_OfCompressedBatches_GivesEveryBit(CompressionCodecType codec, bool isFile)
    {
        using var folder = new TemporaryFolder();
        var vectors = Embeddings.Draw(500, 24);
        foreach (var row in vectors)
            row.AsSpan(4).Fill(0.5f);
        Write(folder.File("plain.arrow"), isFile, vectors, rows: 200, isFixed: true);
        Write(folder.File("packed.arrow"), isFile, vectors, rows: 200, isFixed: true, codec);
        Assert.IsLessThan(new FileInfo(folder.File("plain.arrow")).Length, new FileInfo(folder.File("packed.arrow")).Length);
        var view = _ml.ModalityGap().LoadFromArrow(folder.File("packed.arrow"));
        Embeddings.AssertEqual(vectors, Embeddings.Read(view, "embedding"));
        CollectionAssert.AreEqual(Enumerable.Range(0, 500).Select(i => $"caption {i}").ToArray(), view.GetColumn<string>("caption").ToArray());
    }

    [TestMethod]
    public void Lists_OfHalvesWithNulls_AreErrorsOrRowsOfNaN()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("n.arrow");
        var builder = new ListArray.Builder(HalfFloatType.Default);
        var numbers = (HalfFloatArray.Builder)builder.ValueBuilder;
        builder.Append();
        numbers.Append((Half)1).Append((Half)2);
        builder.AppendNull();
        builder.Append();
        numbers.Append((Half)3);
        builder.Append();
        numbers.Append((Half)4).AppendNull();
        var lists = builder.Build();
        var schema = new Schema([new Field("v", lists.Data.DataType, nullable: true)], null);
        using (var stream = File.Create(path))
        using (var writer = new ArrowFileWriter(stream, schema))
        {
            writer.WriteRecordBatch(new RecordBatch(schema, [lists], lists.Length));
            writer.WriteEnd();
        }

        Assert.AreEqual(
            "1 2|NaN NaN|NaN NaN|4 NaN",
            string.Join("|", Embeddings.Read(_ml.ModalityGap().LoadFromArrow(path, unusableRows: UnusableRows.Skip), "v").Select(row => string.Join(" ", row))));
        var error = Assert.ThrowsExactly<InvalidDataException>(() => Embeddings.Read(_ml.ModalityGap().LoadFromArrow(path), "v"));
        Assert.Contains($"'{path}', record batch 0, row 1: there is no list in 'v' where 2 are expected", error.Message);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Damage_IsAnErrorThatNamesTheFile(bool isFile)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("t.arrow");
        Write(path, isFile, Embeddings.Draw(50, 16), rows: 20, isFixed: true);
        var bytes = File.ReadAllBytes(path);
        foreach (var length in new[] { 0, 3, 12, 100, bytes.Length / 2, bytes.Length - (isFile ? 1 : 20) })
        {
            File.WriteAllBytes(path, bytes[..length]);
            Assert.Contains(path, Assert.ThrowsExactly<InvalidDataException>(() => _ml.ModalityGap().LoadFromArrow(path), $"{length} bytes").Message);
        }

        File.WriteAllText(path, "PAR1 is what another kind of files begins with, and ends with PAR1");
        Assert.Contains("is no Arrow file", Assert.ThrowsExactly<InvalidDataException>(() => _ml.ModalityGap().LoadFromArrow(path)).Message);
    }

    private static void Write(string path, bool isFile, float[][] vectors, int rows, bool isFixed, CompressionCodecType? codec = null)
    {
        var dimension = vectors[0].Length;
        IArrowType type = isFixed ? new FixedSizeListType(FloatType.Default, dimension) : new ListType(FloatType.Default);
        var schema = new Schema(
            [new Field("id", Int64Type.Default, false), new Field("embedding", type, true), new Field("caption", StringType.Default, true), new Field("good", BooleanType.Default, true)],
            new Dictionary<string, string> { ["modality_gap_fingerprint.embedding"] = "0123456789abcdef" });
        using var stream = File.Create(path);
        var options = new IpcOptions { CompressionCodec = codec, CompressionCodecFactory = new CompressionCodecFactory() };
        using var writer = isFile ? new ArrowFileWriter(stream, schema, leaveOpen: false, options) : new ArrowStreamWriter(stream, schema, leaveOpen: false, options);
        for (var first = 0; first < vectors.Length; first += rows)
        {
            var part = Enumerable.Range(first, Math.Min(rows, vectors.Length - first)).ToArray();
            var numbers = new FloatArray.Builder();
            foreach (var row in part)
                numbers.Append(vectors[row].AsSpan());
            var offsets = new ArrowBuffer.Builder<int>();
            for (var i = 0; i <= part.Length; i++)
                offsets.Append(i * dimension);
            IArrowArray embeddings = isFixed
                ? new FixedSizeListArray(type, part.Length, numbers.Build(), ArrowBuffer.Empty)
                : new ListArray(type, part.Length, offsets.Build(), numbers.Build(), ArrowBuffer.Empty);
            writer.WriteRecordBatch(new RecordBatch(
                schema,
                [
                    new Int64Array.Builder().AppendRange(part.Select(row => (long)row)).Build(),
                    embeddings,
                    new StringArray.Builder().AppendRange(part.Select(row => $"caption {row}")).Build(),
                    new BooleanArray.Builder().AppendRange(part.Select(row => row % 3 == 0)).Build(),
                ],
                part.Length));
        }

        writer.WriteEnd();
    }
}
