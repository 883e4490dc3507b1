using System.Text.Json;

namespace Microsoft.ML.ModalityGap.Tool.Tests;

[TestClass]
public class EvaluateRetrievalCommandTests
{
    private static readonly string[] _measures =
    [
        "recall@1", "recall@3", "textbookRecall@1", "textbookRecall@3", "precision@1", "precision@3", "ndcg@1", "ndcg@3", "mrr", "map", "medianRank", "meanRank",
    ];

    [TestMethod]
    public void Ids_ManyCaptionsPerImage_EqualDirectComputation()
    {
        using var folder = new WorkFolder();
        var (images, texts) = WriteCaptions(folder);
        var run = ToolRun.Execute(["evaluate", .. folder.PairOptions, .. IdOptions(folder), "--k", "3,1", "--json"]);

        Assert.AreEqual(0, run.ExitCode, run.Error);
        CollectionAssert.AreEqual(new[] { "retrieval" }, Names(run.Json));
        CollectionAssert.AreEqual(new[] { "image->text", "text->image" }, Names(run.Json.GetProperty("retrieval")));
        var forward = run.Json.GetProperty("retrieval").GetProperty("image->text");
        CheckRetrieval(forward);
        Assert.AreEqual(20, forward.GetProperty("queries").GetInt32());
        Assert.AreEqual(60, forward.GetProperty("documents").GetInt32());
        Assert.AreEqual(60, forward.GetProperty("relevant").GetInt32());

        // Captions 3i, 3i + 1 and 3i + 2 are those of image i.
        var found = images.Select((image, i) => Rank(image, texts).Take(3).Count(text => text / 3 == i)).ToArray();
        Assert.AreEqual(found.Average(count => count > 0 ? 1.0 : 0), forward.GetProperty("recall@3").GetDouble(), 1e-12);
        Assert.AreEqual(found.Average(count => count / 3.0), forward.GetProperty("textbookRecall@3").GetDouble(), 1e-12);
        var backward = run.Json.GetProperty("retrieval").GetProperty("text->image");
        Assert.AreEqual(texts.Select((text, i) => Rank(text, images).First() == i / 3 ? 1.0 : 0).Average(), backward.GetProperty("recall@1").GetDouble(), 1e-12);
        var interval = backward.GetProperty("intervals").GetProperty("recall@1");
        Assert.IsLessThanOrEqualTo(backward.GetProperty("recall@1").GetDouble(), interval[0].GetDouble());
        Assert.IsGreaterThanOrEqualTo(backward.GetProperty("recall@1").GetDouble(), interval[1].GetDouble());
    }

    [TestMethod]
    public void Judgements_WithGrades_DecideWhatIsRelevant()
    {
        using var folder = new WorkFolder();
        WriteCaptions(folder);
        File.WriteAllLines(folder.GetPath("qrels.txt"), ["i3 0 i3 2", "i4 0 i5 1", "nobody 0 i1 1"]);
        var run = ToolRun.Execute(["evaluate", .. folder.PairOptions, .. IdOptions(folder), "--judgements", folder.GetPath("qrels.txt"), "--json"]);
        var forward = run.Json.GetProperty("retrieval").GetProperty("image->text");
        Assert.AreEqual(6, forward.GetProperty("relevant").GetInt32());
        Assert.AreEqual(18, forward.GetProperty("queriesWithoutRelevant").GetInt32());
        Assert.AreEqual(1, forward.GetProperty("unknownJudgements").GetInt32());
        Assert.Contains("1 judgements", run.Error);
    }

    [TestMethod]
    public void LeaveOutOwn_OfAFileWithItself_DoesNotFindTheQuery()
    {
        using var folder = new WorkFolder();
        var (images, _) = folder.WritePair(rows: 40);
        File.WriteAllLines(folder.GetPath("ids.txt"), Enumerable.Range(0, 40).Select(row => $"{row / 4}"));
        var (file, ids) = (folder.GetPath("image.npy"), folder.GetPath("ids.txt"));
        string[] arguments = ["evaluate", "--modality", $"a={file}", "--modality", $"b={file}", "--ids", $"a={ids}", "--ids", $"b={ids}", "--k", "1", "--json"];
        double Measure(params string[] more) => ToolRun.Execute([.. arguments, .. more]).Json.GetProperty("retrieval").GetProperty("a->b").GetProperty("recall@1").GetDouble();
        Assert.AreEqual(1, Measure());
        Assert.AreEqual(
            images.Select((image, i) => Rank(image, images).First(row => row != i) / 4 == i / 4 ? 1.0 : 0).Average(), Measure("--leave-out-own", "row"), 1e-12);
        foreach (var (more, message) in new (string[], string)[]
        {
            (["--leave-out-own", "id"], "goes with --judgements"),
            (["--leave-out-own", "me"], "takes row or id"),
        })
        {
            var run = ToolRun.Execute([.. arguments, .. more]);
            Assert.AreEqual(2, run.ExitCode);
            Assert.Contains(message, run.Error);
        }
    }

    [TestMethod]
    public void Mixed_BeforeAndAfter_FindsMoreWhenTheGapIsClosed()
    {
        using var folder = new WorkFolder();
        folder.WritePair(rows: 80);
        string[] arguments = ["evaluate", .. folder.PairOptions, "--mixed", "--holdout", "0.5", "--k", "1,3"];
        var run = ToolRun.Execute([.. arguments, "--json"]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        CollectionAssert.AreEqual(new[] { "before", "after" }, Names(run.Json));
        foreach (var part in run.Json.EnumerateObject())
            CheckMixed(part.Value, "image", "text");
        Assert.AreEqual(20, run.Json.GetProperty("after").GetProperty("modalities").GetProperty("image").GetProperty("documents").GetInt32());
        Assert.IsGreaterThan(run.Json.GetProperty("before").GetProperty("ndcg").GetDouble() + 0.2, run.Json.GetProperty("after").GetProperty("ndcg").GetDouble());

        var table = ToolRun.Execute(arguments);
        Assert.Contains("one gallery of 20 image, 20 text", table.Out);
        Assert.Contains("rank bias", table.Out);

        CheckMixed(ToolRun.Execute(["evaluate", .. folder.PairOptions, "--mixed", "--k", "1,3", "--json"]).Json, "image", "text");
    }

    [TestMethod]
    public void Query_AgainstAGalleryOfThree_AppliesTheMapsByName()
    {
        using var folder = new WorkFolder();
        var (image, text) = folder.WritePair();
        Assert.AreEqual(0, ToolRun.Execute(["fit", .. folder.PairOptions, "--out", folder.GetPath("map.zip")]).ExitCode);

        // Queries are the texts themselves, after images of theirs; the gallery's texts are of other rows.
        folder.WriteNpy("query.npy", text[..20]);
        folder.WriteNpy("image.npy", image[..20]);
        folder.WriteNpy("text.npy", text[20..]);
        File.WriteAllLines(folder.GetPath("image.txt"), Enumerable.Range(0, 20).Select(i => $"{i}"));
        File.WriteAllLines(folder.GetPath("text.txt"), Enumerable.Range(20, 40).Select(i => $"{i}"));
        string[] arguments = ["evaluate", .. folder.PairOptions, .. IdOptions(folder), "--mixed", "--query", $"text={folder.GetPath("query.npy")}", "--k", "1,3", "--json"];
        var before = ToolRun.Execute(arguments);
        var after = ToolRun.Execute([.. arguments, "--map", folder.GetPath("map.zip")]);
        Assert.AreEqual(0, before.ExitCode, before.Error);
        Assert.AreEqual(0, after.ExitCode, after.Error);
        CheckMixed(before.Json, "image", "text");
        CheckMixed(after.Json, "image", "text");
        Assert.AreEqual(20, before.Json.GetProperty("retrieval").GetProperty("relevant").GetInt32());
        Assert.AreEqual(JsonValueKind.Null, before.Json.GetProperty("modalities").GetProperty("text").GetProperty("rankBias").ValueKind);
        Assert.IsGreaterThan(before.Json.GetProperty("ndcg").GetDouble(), after.Json.GetProperty("ndcg").GetDouble());
    }

    [TestMethod]
    public void Full_AddsKeysAndKeepsTheOthers()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        var plain = ToolRun.Execute(["evaluate", .. folder.PairOptions, "--json"]).Json;
        var full = ToolRun.Execute(["evaluate", .. folder.PairOptions, "--full", "--json"]).Json;
        CollectionAssert.AreEqual(new[] { "crossModalUniformity", "effectiveRank", "hubness", "similarities" }, Names(full).Except(Names(plain)).ToArray());
        foreach (var property in plain.EnumerateObject())
            Assert.AreEqual(property.Value.GetRawText(), full.GetProperty(property.Name).GetRawText());
        var similarities = full.GetProperty("similarities");
        CollectionAssert.AreEqual(new[] { "matched", "mismatched", "image-image", "text-text" }, Names(similarities));
        Assert.AreEqual(60 * 59, similarities.GetProperty("mismatched").GetProperty("counts").EnumerateArray().Sum(count => count.GetInt64()));
        Assert.AreEqual(plain.GetProperty("meanPairCosine").GetDouble(), similarities.GetProperty("matched").GetProperty("mean").GetDouble(), 1e-6);
        Assert.Contains("effective rank of image", ToolRun.Execute(["evaluate", .. folder.PairOptions, "--full"]).Out);
    }

    [TestMethod]
    public void Cutoffs_AreThoseGiven()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        var json = ToolRun.Execute(["evaluate", .. folder.PairOptions, "--k", "7, 2", "--json"]).Json;
        CollectionAssert.AreEqual(new[] { "recall@2", "recall@7" }, Names(json.GetProperty("retrieval").GetProperty("image->text")));
    }

    [TestMethod]
    [DataRow("--k takes positive numbers", "--k", "0")]
    [DataRow("--query goes with --mixed", "--query", "text=q.npy")]
    [DataRow("--query-ids goes with --query", "--mixed", "--query-ids", "q.txt")]
    [DataRow("--judgements name ids", "--judgements", "q.txt")]
    [DataRow("--ids is missing for 'text'", "--ids", "image=IMAGE")]
    [DataRow("--ids names the modality 'sound'", "--ids", "sound=IMAGE")]
    [DataRow("--ids takes name=file", "--ids", "IMAGE")]
    [DataRow("draws its own", "--mixed", "--ids", "image=IMAGE", "--ids", "text=IMAGE", "--judgements", "IMAGE")]
    [DataRow("--holdout takes rows that belong together", "--ids", "image=IMAGE", "--ids", "text=IMAGE", "--holdout", "0.5")]
    [DataRow("--full is of the gap between pairs", "--mixed", "--full")]
    [DataRow("has 2 lines, but", "--ids", "image=SHORT", "--ids", "text=IMAGE")]
    public void BadUsage_IsOneLineThatSaysWhatIsWrong(string message, params string[] arguments)
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        File.WriteAllLines(folder.GetPath("image.txt"), Enumerable.Range(0, 60).Select(i => $"{i}"));
        File.WriteAllLines(folder.GetPath("short.txt"), ["1", "2"]);
        var run = ToolRun.Execute(
        [
            "evaluate", .. folder.PairOptions,
            .. arguments.Select(argument => argument.Replace("IMAGE", folder.GetPath("image.txt"), StringComparison.Ordinal).Replace("SHORT", folder.GetPath("short.txt"), StringComparison.Ordinal)),
        ]);
        Assert.AreEqual(2, run.ExitCode, run.Error);
        Assert.HasCount(1, run.ErrorLines);
        Assert.Contains(message, run.Error);
        Assert.AreEqual("", run.Out);
    }

    /// <summary>20 images and three captions of each, with ids.</summary>
    private static (float[][] Images, float[][] Texts) WriteCaptions(WorkFolder folder)
    {
        var (images, texts) = folder.WritePair();
        images = images[..20];
        folder.WriteNpy("image.npy", images);
        File.WriteAllLines(folder.GetPath("image.txt"), Enumerable.Range(0, 20).Select(i => $"i{i}"));
        File.WriteAllLines(folder.GetPath("text.txt"), Enumerable.Range(0, 60).Select(i => $"i{i / 3}"));
        return (images, texts);
    }

    private static string[] IdOptions(WorkFolder folder) => ["--ids", $"image={folder.GetPath("image.txt")}", "--ids", $"text={folder.GetPath("text.txt")}"];

    private static IEnumerable<int> Rank(float[] query, float[][] gallery)
    {
        static double Norm(float[] row) => Math.Sqrt(row.Sum(value => (double)value * value));
        return Enumerable.Range(0, gallery.Length).OrderByDescending(i => query.Zip(gallery[i], (a, b) => (double)a * b).Sum() / Norm(gallery[i]));
    }

    private static void CheckMixed(JsonElement json, params string[] modalities)
    {
        CollectionAssert.AreEqual(new[] { "cutoff", "ndcg", "modalities", "retrieval" }, Names(json));
        Assert.AreEqual(3, json.GetProperty("cutoff").GetInt32());
        CollectionAssert.AreEqual(modalities, Names(json.GetProperty("modalities")));
        foreach (var modality in json.GetProperty("modalities").EnumerateObject())
            CollectionAssert.AreEqual(new[] { "documents", "galleryShare", "topShare", "relevant", "topRecall", "rankBias" }, Names(modality.Value));
        CheckRetrieval(json.GetProperty("retrieval"));
        Assert.AreEqual(json.GetProperty("ndcg").GetDouble(), json.GetProperty("retrieval").GetProperty("ndcg@3").GetDouble());
    }

    private static void CheckRetrieval(JsonElement json)
    {
        CollectionAssert.AreEqual((string[])["queries", "documents", "relevant", "queriesWithoutRelevant", "unknownJudgements", .. _measures, "intervals"], Names(json));
        CollectionAssert.AreEqual(_measures, Names(json.GetProperty("intervals")));
    }

    private static string[] Names(JsonElement json) => [.. json.EnumerateObject().Select(property => property.Name)];
}
