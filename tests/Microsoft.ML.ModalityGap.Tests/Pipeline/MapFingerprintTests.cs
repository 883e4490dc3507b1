using Microsoft.ML.ModalityGap.Tests.Conformance;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap.Tests.Pipeline;

[TestClass]
public sealed class MapFingerprintTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly MLContext _context = new();
    private readonly List<string> _warnings = [];

    public MapFingerprintTests()
    {
        _context.Log += (_, message) =>
        {
            if (message.Kind == ChannelMessageKind.Warning)
            {
                lock (_warnings)
                    _warnings.Add(message.Message);
            }
        };
    }

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void Fingerprint_OrderOfModalities_PlaysNoPart()
    {
        var data = TestEmbeddings.CreateDataView(_context);
        var model = _context.Transforms.CenterModalities("Image", "Text").Fit(data);
        var swapped = _context.ModalityGap().CreateTransformer(ModalityColumns.PerColumn("Text", "Image"), [.. model.Modalities.Reverse()]);
        Assert.AreEqual(model.Fingerprint, swapped.Fingerprint);
        Assert.MatchesRegex("^[0-9a-f]{16}$", model.Fingerprint);
        Assert.AreNotEqual(model.Fingerprint, _context.Transforms.CenterModalities("Image").Fit(data).Fingerprint);
    }

    [TestMethod]
    public void Transform_EveryOutput_CarriesTheJointFingerprint()
    {
        var data = TestEmbeddings.CreateDataView(_context);
        Assert.IsNull(data.Schema["Image"].FindMapFingerprint());
        var model = _context.Transforms.CenterModalities("Image", "Text").Fit(data);
        var output = _context.Transforms.CopyColumns("Copy", "Text").Fit(model.Transform(data)).Transform(model.Transform(data));
        foreach (var name in new[] { "Image", "Text", "Copy" })
            Assert.AreEqual(model.Fingerprint, output.Schema[name].FindMapFingerprint());
        MapFingerprint.Check(output.Schema["Image"], output.Schema["Copy"]);
    }

    [TestMethod]
    public void Transform_Twice_HasAFingerprintOfBoth()
    {
        var data = TestEmbeddings.CreateDataView(_context);
        var first = _context.Transforms.CenterModalities("Image", "Text").Fit(data).Transform(data);
        var second = _context.Transforms.CenterModalities("Image").Fit(first);
        var output = second.Transform(first);
        Assert.AreNotEqual(second.Fingerprint, output.Schema["Image"].FindMapFingerprint());
        var exception = Assert.ThrowsExactly<InvalidDataException>(() => MapFingerprint.Check(output.Schema["Image"], output.Schema["Text"]));
        foreach (var name in new[] { "Image", "Text" })
        {
            StringAssert.Contains(exception.Message, $"'{name}'");
            StringAssert.Contains(exception.Message, output.Schema[name].FindMapFingerprint());
        }
    }

    [TestMethod]
    public void ForColumns_OneModalityAlone_KeepsTheJointFingerprint()
    {
        var data = TestEmbeddings.CreateDataView(_context);
        var model = _context.Transforms.CenterModalities("Image", "Text").Fit(data);
        var queries = _context.Transforms.CopyColumns("Query", "Text").Fit(data).Transform(data);
        var alone = (EmbeddingMapTransformer)ComponentConformance.SaveAndLoad(model.ForColumns(ModalityColumns.PerColumn("Query"), "Text"), queries.Schema, out _);
        Assert.AreEqual(model.Fingerprint, alone.Fingerprint);
        var output = alone.Transform(queries);
        MapFingerprint.Check(model.Transform(data).Schema["Image"], output.Schema["Query"]);
        Assert.IsTrue(ColumnValues.AreEqual(ColumnValues.Read(model.Transform(data), "Text")[3][0], ColumnValues.Read(output, "Query")[3][0]));

        var perRow = model.ForColumns(ModalityColumns.PerRow("Image", "Modality"), "Image", "Text");
        Assert.AreEqual(model.Fingerprint, perRow.Fingerprint);
        Assert.HasCount(2, perRow.Modalities);
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => model.ForColumns(ModalityColumns.PerColumn("Query"), "Sound")).Message, "'Sound'");
        Assert.ThrowsExactly<ArgumentException>(() => model.ForColumns(ModalityColumns.PerColumn("Query"), "Image", "Text"));
    }

    [TestMethod]
    public void SaveAsNpy_MappedColumns_ComeBackWithTheirFingerprints()
    {
        var data = TestEmbeddings.CreateDataView(_context);
        var model = _context.Transforms.CenterModalities("Text").Fit(data);
        _context.ModalityGap().SaveAsNpy(model.Transform(data), _folder.File("pair.npy"), ["Image", "Text"]);
        var loaded = _context.ModalityGap().LoadFromNpy(_folder.File("pair.npy")).Schema;
        Assert.IsNull(loaded["Image"].FindMapFingerprint());
        Assert.AreEqual(model.Fingerprint, loaded["Text"].FindMapFingerprint());

        // Raw vectors over it: the old sidecar goes.
        _context.ModalityGap().SaveAsNpy(data, _folder.File("pair.npy"), "Image");
        Assert.IsFalse(File.Exists(_folder.File("pair.npy.fingerprint")));
        Assert.IsEmpty(_warnings);
    }

    [TestMethod]
    public void LoadFromNpy_FileReplacedBehindItsSidecar_WarnsAndKnowsNothing()
    {
        var data = TestEmbeddings.CreateDataView(_context);
        var model = _context.Transforms.CenterModalities("Text").Fit(data);
        _context.ModalityGap().SaveAsNpy(data, _folder.File("raw.npy"), "Text");
        _context.ModalityGap().SaveAsNpy(model.Transform(data), _folder.File("closed.npy"), "Text");
        File.Copy(_folder.File("raw.npy"), _folder.File("closed.npy"), overwrite: true);
        Assert.IsNull(_context.ModalityGap().LoadFromNpy(_folder.File("closed.npy")).Schema["Embedding"].FindMapFingerprint());
        Assert.ContainsSingle(_warnings);
        StringAssert.Contains(_warnings[0], "belongs to other vectors");
    }

    [TestMethod]
    public void LoadFromNpy_DamagedSidecar_Throws()
    {
        var data = TestEmbeddings.CreateDataView(_context);
        var path = _folder.File("closed.npy");
        _context.ModalityGap().SaveAsNpy(_context.Transforms.CenterModalities("Text").Fit(data).Transform(data), path, "Text");
        var bytes = File.ReadAllBytes(path + ".fingerprint");
        bytes[20] ^= 1;
        File.WriteAllBytes(path + ".fingerprint", bytes);
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => _context.ModalityGap().LoadFromNpy(path)).Message, "damaged");
    }
}
