using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tests.Pipeline;

/// <summary>Maps refuse vectors that are mapped already, and measures tell rows that maps were fitted on.</summary>
[TestClass]
public class MappedInputTests
{
    private readonly MLContext _context = new(seed: 1);

    [TestMethod]
    public void Transform_OfItsOwnOutput_IsRefused()
    {
        var (data, model) = Fit();
        var once = model.Transform(data);
        var exception = Assert.ThrowsExactly<InvalidDataException>(() => model.Transform(once));
        Assert.Contains(model.Fingerprint, exception.Message);
        Assert.Contains(nameof(EmbeddingMapTransformer.AllowMappedInput), exception.Message);
        var found = model.AllowMappedInput().Transform(once).GetColumn<float[]>("Image").First();
        CollectionAssert.AreEqual(model.GetModality("Image").Map.Apply(once.GetColumn<float[]>("Image").First()), found);
    }

    [TestMethod]
    public void Transform_OfAnotherModelsOutput_IsRefusedUnlessFittedOnIt()
    {
        var (data, first) = Fit();
        var raw = _context.Transforms.WhitenModalities("Image", "Text").Fit(data);
        var mapped = first.Transform(data);
        var exception = Assert.ThrowsExactly<InvalidDataException>(() => raw.Transform(mapped));
        Assert.Contains(first.Fingerprint, exception.Message);
        Assert.Contains(raw.Fingerprint, exception.Message);
        var behind = _context.Transforms.WhitenModalities("Image", "Text").Fit(mapped);
        Assert.IsNotNull(behind.Transform(mapped));
        Assert.ThrowsExactly<InvalidDataException>(() => behind.Transform(raw.Transform(data)));
    }

    [TestMethod]
    public void SavedModel_StillRefuses()
    {
        var (data, model) = Fit();
        using var stream = new MemoryStream();
        _context.Model.Save(model, data.Schema, stream);
        stream.Position = 0;
        var loaded = _context.Model.Load(stream, out _);
        Assert.ThrowsExactly<InvalidDataException>(() => loaded.Transform(loaded.Transform(data)));
    }

    [TestMethod]
    public void Evaluate_OnTheRowsFittedOn_Warns()
    {
        var (data, model) = Fit();
        var warnings = CollectWarnings();
        _context.ModalityGap().Evaluate(model.Transform(data), "Image", "Text");
        Assert.HasCount(1, warnings);
        Assert.StartsWith("measured on the rows it was fitted on", warnings[0]);
        warnings.Clear();

        // In a chain it is the rows that come first.
        var chain = _context.Transforms.CenterModalities("Image", "Text").Append(_context.Transforms.TruncateEmbeddings(ModalityColumns.PerColumn("Image", "Text"), new TruncateEmbeddingsOptions { Dimension = 4 })).Fit(data);
        _context.ModalityGap().Evaluate(chain.Transform(data), "Image", "Text");
        Assert.HasCount(1, warnings);
        warnings.Clear();
        _context.ModalityGap().Evaluate(model.Transform(Create(seed: 2)), "Image", "Text");
        _context.ModalityGap().Evaluate(data, "Image", "Text");
        Assert.IsEmpty(warnings);
    }

    [TestMethod]
    public void CreateIndex_OfTheRowsFittedOn_WarnsInOnePass()
    {
        var (data, model) = Fit();
        var warnings = CollectWarnings();
        var reads = 0;
        var counted = _context.Transforms.CustomMapping<Pair, Pair>((from, to) => (to.Image, to.Text, reads) = (from.Image, from.Text, reads + 1), contractName: null).Fit(data).Transform(data);
        _context.ModalityGap().CreateIndex(model.Transform(counted), "Image");
        Assert.HasCount(1, warnings);
        Assert.StartsWith("measured on the rows it was fitted on: the maps of 'Image'", warnings[0]);
        Assert.AreEqual(40, reads);

        warnings.Clear();
        _context.ModalityGap().CreateIndex(model, data, "Text");
        Assert.HasCount(1, warnings);
        Assert.Contains("'Text'", warnings[0]);

        // Others: as many, more, and rows that are not mapped.
        warnings.Clear();
        _context.ModalityGap().CreateIndex(model.Transform(Create(seed: 2)), "Image");
        _context.ModalityGap().CreateIndex(model, Create(seed: 1, rows: 41), "Text");
        _context.ModalityGap().CreateIndex(data, "Image");
        Assert.IsEmpty(warnings);
    }

    [TestMethod]
    public void ModalityPerRow_OfTheRowsFittedOn_NamesModalities()
    {
        var data = CreateLong(seed: 1);
        var model = _context.Transforms.CenterModalities(ModalityColumns.PerRow("Embedding", "Modality")).Fit(data);
        var warnings = CollectWarnings();
        _context.ModalityGap().CreateIndex(model, data);
        Assert.HasCount(1, warnings);
        Assert.StartsWith("measured on the rows it was fitted on: the maps of 'image' and 'text'", warnings[0]);

        // Of new texts beside the images fitted on, images alone are named; so they are when nothing else comes.
        warnings.Clear();
        var images = CreateRows(seed: 1).Where(row => row.Modality == "image");
        _context.ModalityGap().CreateIndex(model, _context.Data.LoadFromEnumerable(images.Concat(CreateRows(seed: 2).Where(row => row.Modality == "text")).ToArray()));
        _context.ModalityGap().CreateIndex(model, _context.Data.LoadFromEnumerable(images));
        Assert.HasCount(2, warnings);
        Assert.IsTrue(warnings.TrueForAll(warning => warning.StartsWith("measured on the rows it was fitted on: the maps of 'image' were", StringComparison.Ordinal)), warnings[0]);

        warnings.Clear();
        _context.ModalityGap().CreateIndex(model, CreateLong(seed: 2));
        _context.ModalityGap().CreateIndex(model, _context.Data.LoadFromEnumerable(CreateRows(seed: 1).Concat(CreateRows(seed: 2)).ToArray()));
        Assert.IsEmpty(warnings);
    }

    [TestMethod]
    public void ColumnsOfDifferentModels_AreNotCompared()
    {
        var (data, model) = Fit();
        var other = _context.Transforms.WhitenModalities("Image", "Text").Fit(data);
        var mixed = other.ForColumns(ModalityColumns.PerColumn("Text"), "Text").Transform(model.ForColumns(ModalityColumns.PerColumn("Image"), "Image").Transform(data));
        Assert.ThrowsExactly<InvalidDataException>(() => _context.ModalityGap().Evaluate(mixed, "Image", "Text"));
        Assert.ThrowsExactly<InvalidDataException>(() => _context.ModalityGap().Select(mixed, "Image", "Text"));
        Assert.ThrowsExactly<InvalidDataException>(() => _context.ModalityGap().SweepShift(mixed, "Image", "Text"));
        Assert.ThrowsExactly<InvalidDataException>(() => _context.Transforms.CenterModalities("Image", "Text").Fit(mixed));
    }

    [TestMethod]
    public void Search_ForAnUnknownModality_IsRefused()
    {
        var index = new EmbeddingIndex(2);
        index.Add("a", [1f, 0f], "image");
        var exception = Assert.ThrowsExactly<ArgumentException>(() => index.Search([1f, 0f], 1, new SearchOptions { Modalities = ["imgae"] }));
        Assert.Contains("'imgae'", exception.Message);
        Assert.Contains("'image'", exception.Message);
    }

    [TestMethod]
    public void Transformer_SaysWhatItIs()
    {
        var (_, model) = Fit();
        var text = model.ToString();
        Assert.Contains("'Image', 'Text'", text);
        Assert.Contains("fitted on 40 rows", text);
        Assert.Contains(model.Fingerprint, text);
        Assert.AreEqual("CenterModalitiesEstimator of 'Image', 'Text'", _context.Transforms.CenterModalities("Image", "Text").ToString());
    }

    private (IDataView Data, EmbeddingMapTransformer Model) Fit()
    {
        var data = Create(seed: 1);
        return (data, _context.Transforms.CenterModalities("Image", "Text").Fit(data));
    }

    private List<string> CollectWarnings()
    {
        var warnings = new List<string>();
        _context.Log += (_, message) => warnings.AddRange(message.Kind == Runtime.ChannelMessageKind.Warning ? [message.RawMessage] : []);
        return warnings;
    }

    private IDataView Create(int seed, int rows = 40) => _context.Data.LoadFromEnumerable(CreatePairs(seed, rows));

    private IDataView CreateLong(int seed) => _context.Data.LoadFromEnumerable(CreateRows(seed));

    private static Pair[] CreatePairs(int seed, int rows = 40)
    {
        var random = new Random(seed);
        float[] Row(int axis) => [.. Enumerable.Range(0, 8).Select(d => (float)(random.NextDouble() - 0.5 + (d == axis ? 2 : 0)))];
        return [.. Enumerable.Range(0, rows).Select(_ => new Pair { Image = Row(0), Text = Row(1) })];
    }

    private static LongRow[] CreateRows(int seed) =>
        [.. CreatePairs(seed).SelectMany(pair => new[] { new LongRow { Modality = "image", Embedding = pair.Image }, new LongRow { Modality = "text", Embedding = pair.Text } })];

    private sealed class Pair
    {
        [VectorType(8)]
        public float[] Image { get; set; } = [];

        [VectorType(8)]
        public float[] Text { get; set; } = [];
    }

    private sealed class LongRow
    {
        public string Modality { get; set; } = "";

        [VectorType(8)]
        public float[] Embedding { get; set; } = [];
    }
}
