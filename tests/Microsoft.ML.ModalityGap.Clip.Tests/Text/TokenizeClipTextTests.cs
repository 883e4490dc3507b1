using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap.Tests.Conformance;

namespace Microsoft.ML.ModalityGap.Tests.Clip.Text;

[TestClass]
public class TokenizeClipTextTests
{
    private static readonly ClipTokenizer _tokenizer = TinyClipVocabulary.Create();

    [TestMethod]
    public void TokenizeClipText_Defaults_Conforms() =>
        ComponentConformance.Check(
            context => context.Transforms.TokenizeClipText(_tokenizer, "Caption"), CreateData, ["Caption"], ["input_ids", "attention_mask"]);

    [TestMethod]
    public void TokenizeClipText_OtherOptions_Conforms()
    {
        var tokenizer = _tokenizer.WithOptions(new ClipTokenizerOptions
        {
            ContextLength = 8, PadWith = ClipPadding.Zero, LowerCase = false, CleanHtml = false, RemovePunctuation = true,
        });
        var options = new TokenizeClipTextOptions
        {
            InputIdsColumnName = "Ids", AttentionMaskColumnName = "Mask", TruncatedColumnName = "Cut", IdType = ClipIdType.Int32,
        };
        ComponentConformance.Check(
            context => context.Transforms.TokenizeClipText(tokenizer, "Caption", options), CreateData, ["Caption"], ["Ids", "Mask", "Cut"]);
    }

    [TestMethod]
    public void TokenizeClipText_IdsOverTheInput_Conforms() =>
        ComponentConformance.Check(
            context => context.Transforms.TokenizeClipText(
                _tokenizer, "Caption", new TokenizeClipTextOptions { InputIdsColumnName = "Caption", AttentionMaskColumnName = null }),
            CreateData, ["Caption"], ["Caption"]);

    [TestMethod]
    public void TokenizeClipText_SentencePiece_Conforms()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("spiece.model"), TinySentencePiece.Create());
        var tokenizer = ClipTokenizer.FromFolder(folder.Path);
        ComponentConformance.Check(
            context => context.Transforms.TokenizeClipText(tokenizer, "Caption", new TokenizeClipTextOptions { TruncatedColumnName = "Cut" }),
            CreateData, ["Caption"], ["input_ids", "attention_mask", "Cut"]);
    }

    [TestMethod]
    public void SaveAndLoad_OptionsAndTokenizer_ComeBack()
    {
        var context = new MLContext();
        var data = CreateData(context);
        var options = new TokenizeClipTextOptions
        {
            InputIdsColumnName = "Ids", AttentionMaskColumnName = null, TruncatedColumnName = "Cut", IdType = ClipIdType.Int32,
        };
        var tokenizer = _tokenizer.WithOptions(new ClipTokenizerOptions { ContextLength = 20, PadWith = ClipPadding.Zero, RemovePunctuation = true });
        var model = context.Transforms.TokenizeClipText(tokenizer, "Caption", options).Fit(data);
        var loaded = (TokenizeClipTextTransformer)ComponentConformance.SaveAndLoad(model, data.Schema, out _);
        Assert.AreEqual(options, loaded.Options);
        Assert.AreEqual(tokenizer.Options, loaded.Tokenizer.Options);
        Assert.AreEqual("Caption", loaded.InputColumnName);
        Assert.AreEqual((20, 0, tokenizer.VocabularySize), (loaded.Tokenizer.ContextLength, loaded.Tokenizer.PaddingTokenId, loaded.Tokenizer.VocabularySize));
    }

    [TestMethod]
    public void PredictionEngine_ManyTexts_GivesEachItsRow()
    {
        var context = new MLContext();
        var data = CreateData(context);
        var model = context.Transforms.TokenizeClipText(_tokenizer, "Caption", new TokenizeClipTextOptions { TruncatedColumnName = "Cut" }).Fit(data);
        var engine = context.Model.CreatePredictionEngine<Row, TokenizedRow>(ComponentConformance.SaveAndLoad(model, data.Schema, out var schema), schema);
        foreach (var text in new[] { "a cat", "two dogs playing in the snow", "", "a cat", string.Concat(Enumerable.Repeat("1 ", 80)) })
        {
            var row = engine.Predict(new Row { Caption = text });
            var expected = _tokenizer.Encode(text);
            CollectionAssert.AreEqual(expected, row.Ids.Take((int)row.Mask.Sum()).Select(id => (int)id).ToArray(), text);
            Assert.AreEqual(text.Length > 100, row.Cut);
        }
    }

    [TestMethod]
    public void Create_SameNameTwice_Throws()
    {
        var options = new TokenizeClipTextOptions { AttentionMaskColumnName = "input_ids" };
        var exception = Assert.ThrowsExactly<ArgumentException>(() => new MLContext().Transforms.TokenizeClipText(_tokenizer, "Caption", options));
        StringAssert.Contains(exception.Message, "input_ids");
    }

    [TestMethod]
    public void Options_EmptyNames_Throw()
    {
        AssertParameter<ArgumentException>("InputIdsColumnName", () => new TokenizeClipTextOptions { InputIdsColumnName = " " });
        AssertParameter<ArgumentException>("AttentionMaskColumnName", () => new TokenizeClipTextOptions { AttentionMaskColumnName = "" });
        AssertParameter<ArgumentException>("TruncatedColumnName", () => new TokenizeClipTextOptions { TruncatedColumnName = "" });
        AssertParameter<ArgumentOutOfRangeException>("IdType", () => new TokenizeClipTextOptions { IdType = (ClipIdType)2 });
    }

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public void Load_DamagedModel_ThrowsOrIsTheSameModel()
    {
        var context = new MLContext();
        var data = CreateData(context);
        using var stream = new MemoryStream();
        context.Model.Save(context.Transforms.TokenizeClipText(_tokenizer, "Caption").Fit(data), data.Schema, stream);
        var content = stream.ToArray();
        foreach (var (what, damaged) in Damage.Cut(content, step: 211))
            Assert.IsTrue(Damage.IsRefused(damaged, source => new MLContext().Model.Load(source, out _), what), what);

        var refused = 0;
        const string Text = "photographs of playing cats";
        var expected = _tokenizer.Encode(Text);
        foreach (var (what, damaged) in Damage.Flip(content, step: 101))
        {
            if (Damage.IsRefused(damaged, source => CollectionAssert.AreEqual(expected, Load(source).Tokenizer.Encode(Text), what), what))
                refused++;
        }

        Assert.IsGreaterThan(content.Length / 101, refused, "Most changed bytes must be noticed.");
    }

    /// <summary>The tokenizer that comes back out of a saved ML.NET model.</summary>
    public static ClipTokenizer SaveAndLoad(ClipTokenizer tokenizer)
    {
        var context = new MLContext();
        var data = CreateData(context);
        var model = context.Transforms.TokenizeClipText(tokenizer, "Caption").Fit(data);
        return ((TokenizeClipTextTransformer)ComponentConformance.SaveAndLoad(model, data.Schema, out _)).Tokenizer;
    }

    [TestMethod]
    public void SaveAndLoad_CleaningAndMask_ComeBack()
    {
        foreach (var cleaning in Enum.GetValues<SigLipCleaning>().Cast<SigLipCleaning?>().Append(null))
        {
            foreach (var masks in new bool?[] { null, false, true })
            {
                var options = new ClipTokenizerOptions { SigLipCleaning = cleaning, MaskPadding = masks };
                Assert.AreEqual(options, SaveAndLoad(_tokenizer.WithOptions(options)).Options);
            }
        }
    }

    private static void AssertParameter<T>(string name, Func<TokenizeClipTextOptions> create)
        where T : ArgumentException => Assert.AreEqual(name, Assert.ThrowsExactly<T>(() => create()).ParamName);

    private static TokenizeClipTextTransformer Load(Stream stream) =>
        new MLContext().Model.Load(stream, out _) as TokenizeClipTextTransformer ?? throw new InvalidDataException("Something else was loaded.");

    private static IDataView CreateData(MLContext context)
    {
        var random = new Random(4);
        return context.Data.LoadFromEnumerable(
            Enumerable.Range(0, 150).Select(i => new Row
            {
                Id = i,
                Caption = i % 3 == 0 ? RandomText.CreateAny(random, random.Next(120)) : $"A photo of {i} cats, playing; the dog's toy &amp; snow",
            }).ToList());
    }

    private sealed class Row
    {
        public int Id { get; set; }

        public string Caption { get; set; } = "";
    }

    private sealed class TokenizedRow
    {
        [ColumnName("input_ids")]
        public long[] Ids { get; set; } = [];

        [ColumnName("attention_mask")]
        public long[] Mask { get; set; } = [];

        public bool Cut { get; set; }
    }
}
