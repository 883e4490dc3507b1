using System.Text.Json;

namespace Microsoft.ML.ModalityGap.Tool.Tests;

/// <summary>Where the model has a correction, what is measured of retrieval is measured by its scores, too, and named.</summary>
[TestClass]
public class CorrectedFiguresTests
{
    [TestMethod]
    public void Evaluate_Pairs_HasRecallByCorrectedScoresBesideThatByCosines()
    {
        using var folder = new WorkFolder();
        var model = Fit(folder);
        var (image, text) = folder.WritePair(seed: 2);
        string[] evaluate = ["evaluate", .. folder.PairOptions, "--map", folder.GetPath("map.zip")];
        var json = Run([.. evaluate, "--json"]).Json;
        foreach (var (direction, asking, queries, other, gallery) in new[] { ("image->text", "image", image, "text", text), ("text->image", "text", text, "image", image) })
        {
            var ranks = queries.Select((query, i) => Rank(model, asking, query, i, [.. gallery.Select(row => (other, row))])).ToArray();
            foreach (var k in new[] { 1, 5, 10 })
                Assert.AreEqual(ranks.Average(rank => rank <= k ? 1.0 : 0), Get(json, "corrected", "retrieval", direction, $"recall@{k}"), 1e-9);
            Assert.IsTrue(json.GetProperty("retrieval").GetProperty(direction).TryGetProperty("recall@1", out _));
        }

        var table = Run(evaluate).Out;
        Assert.Contains("text->image recall@1, corrected", table);
        Assert.Contains("by the scores that the model's correction makes of cosines", table);
    }

    [TestMethod]
    public void Evaluate_MapsAlone_SaysNothingOfCorrectedScores()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        Run(["fit", .. folder.PairOptions, "--out", folder.GetPath("map.zip")]);
        string[] evaluate = ["evaluate", .. folder.PairOptions, "--map", folder.GetPath("map.zip")];
        foreach (var more in new[] { Array.Empty<string>(), ["--mixed"] })
        {
            Assert.IsFalse(Run([.. evaluate, .. more, "--json"]).Json.TryGetProperty("corrected", out _));
            Assert.DoesNotContain("corrected", Run([.. evaluate, .. more]).Out);
        }
    }

    [TestMethod]
    public void EvaluateAndFit_HoldoutAndCorrection_MeasureWhatWasFittedThere()
    {
        using var folder = new WorkFolder();
        folder.WritePair(rows: 90);
        string[] holdout = [.. folder.PairOptions, "--holdout", "0.4", "--seed", "3", "--correction", "is"];
        var evaluated = Run(["evaluate", .. holdout, "--json"]).Json;
        var fitted = Run(["fit", .. holdout, "--out", folder.GetPath("map.zip"), "--json"]).Json;
        Assert.AreEqual(fitted.GetProperty("after").GetRawText(), evaluated.GetProperty("after").GetRawText());
        Assert.IsGreaterThan(0, Get(evaluated, "after", "corrected", "retrieval", "image->text", "recall@1"));
        Assert.IsFalse(evaluated.GetProperty("before").TryGetProperty("corrected", out _));
        var mixed = Run(["evaluate", "--mixed", .. holdout, "--json"]).Json;
        Assert.IsGreaterThan(0, Get(mixed, "after", "corrected", "ndcg"));
        Assert.Contains("after, corrected", Run(["evaluate", "--mixed", .. holdout]).Out);
        var without = ToolRun.Execute(["evaluate", .. folder.PairOptions, "--correction", "is"]);
        Assert.AreEqual(2, without.ExitCode);
        Assert.Contains("--correction says how to fit, and evaluate fits with --holdout only", without.Error);
    }

    [TestMethod]
    public void Evaluate_Ids_TwoSidedAndEitherWayAreCorrected()
    {
        using var folder = new WorkFolder();
        var model = Fit(folder);
        var (images, texts, ids) = WriteItems(folder);
        string[] evaluate = ["evaluate", .. folder.PairOptions, "--map", folder.GetPath("map.zip"), .. ids];
        var json = Run([.. evaluate, "--json"]).Json;
        var first = texts.Select((text, i) => Rank(model, "text", text, i % 20, [.. images.Select(row => ("image", row))])).Average(rank => rank == 1 ? 1.0 : 0);
        Assert.AreEqual(first, Get(json, "corrected", "retrieval", "text->image", "recall@1"), 1e-9);
        Assert.Contains("corrected", Run(evaluate).Out);

        var mixed = Run([.. evaluate, "--mixed", "--json"]).Json;
        var draw = TwoSidedDraw.Create([.. Enumerable.Range(0, 20).Select(item => new[] { item, item + 20, item + 40 })], [.. Enumerable.Range(0, 20).Select(item => new[] { item })], 0);
        (string, float[])[] gallery = [.. draw.Shown.Select((row, item) => draw.IsShownAsOther[item] ? ("image", images[row]) : ("text", texts[row]))];
        var ranks = Enumerable.Range(0, 20).Select(item => Rank(model, "text", texts[draw.Queries[item]], item, gallery)).ToArray();
        Assert.AreEqual(ranks.Average(rank => rank <= 10 ? 1 / Math.Log2(rank + 1) : 0), Get(mixed, "corrected", "ndcg"), 1e-9);
        Assert.AreEqual(ranks.Average(rank => rank == 1 ? 1.0 : 0), Get(mixed, "corrected", "retrieval", "recall@1"), 1e-9);
        Assert.IsTrue(mixed.TryGetProperty("ndcg", out _));
    }

    [TestMethod]
    public void Evaluate_QueriesOfTheirOwn_AreCorrected()
    {
        using var folder = new WorkFolder();
        var model = Fit(folder);
        var (image, text) = folder.WritePair(seed: 2);
        var queries = folder.WriteNpy("queries.npy", text[..15]);
        var json = Run(["evaluate", .. folder.PairOptions, "--map", folder.GetPath("map.zip"), "--mixed", "--query", $"text={queries}", "--json"]).Json;

        // Queries and documents go by the number of the row; the gallery holds the images, then the texts.
        (string, float[])[] gallery = [.. image.Select(row => ("image", row)), .. text.Select(row => ("text", row))];
        var found = text[..15].Select((query, i) => new[] { Rank(model, "text", query, i, gallery), Rank(model, "text", query, 60 + i, gallery) }.Min()).Average(rank => 1.0 / rank);
        Assert.AreEqual(found, Get(json, "corrected", "retrieval", "mrr"), 1e-9);
    }

    [TestMethod]
    public void Report_Ids_ShowsTheTwoSidedGalleryBeforeAfterAndCorrected()
    {
        using var folder = new WorkFolder();
        Fit(folder);
        var (_, _, ids) = WriteItems(folder);
        string[] report = ["report", .. folder.PairOptions, .. ids, "--out", folder.GetPath("report.html"), "--force"];
        var run = Run([.. report, "--map", folder.GetPath("map.zip"), "--json"]);
        Assert.AreEqual(20, Get(run.Json, "before", "count"), "an item's first rows are its pair");
        Assert.IsGreaterThan(0, Get(run.Json, "after", "corrected", "retrieval", "text->image", "recall@1"));
        var page = File.ReadAllText(folder.GetPath("report.html"));
        var evaluated = Run(["evaluate", .. folder.PairOptions, "--map", folder.GetPath("map.zip"), .. ids, "--mixed", "--json"]).Json;
        var section = page[page.IndexOf("<section id=\"two-sided\"", StringComparison.Ordinal)..];
        Assert.Contains($"<th scope=\"row\">after, corrected</th><td>{Get(evaluated, "corrected", "ndcg"):0.0000}</td>", section);
        Assert.Contains($"<th scope=\"row\">after</th><td>{Get(evaluated, "ndcg"):0.0000}</td>", section);
        Assert.Contains("<th scope=\"row\">before</th>", section);

        Run(report);
        Assert.Contains("<th scope=\"row\">as given</th>", File.ReadAllText(folder.GetPath("report.html")));
        var refused = ToolRun.Execute([.. report, "--holdout", "0.5"]);
        Assert.AreEqual(2, refused.ExitCode);
        Assert.Contains("--ids", refused.Error);
    }

    private static EmbeddingMapTransformer Fit(WorkFolder folder)
    {
        folder.WritePair();
        Run(["fit", .. folder.PairOptions, "--out", folder.GetPath("map.zip"), "--correction", "is"]);
        return (EmbeddingMapTransformer)new MLContext().Model.Load(folder.GetPath("map.zip"), out _);
    }

    /// <summary>20 items with an image and three texts each: text i is of item i % 20.</summary>
    private static (float[][] Images, float[][] Texts, string[] Options) WriteItems(WorkFolder folder)
    {
        var (image, text) = folder.WritePair(seed: 5);
        folder.WriteNpy("image.npy", image[..20]);
        File.WriteAllLines(folder.GetPath("images.txt"), Enumerable.Range(0, 20).Select(item => $"item {item}"));
        File.WriteAllLines(folder.GetPath("texts.txt"), Enumerable.Range(0, 60).Select(row => $"item {row % 20}"));
        return (image[..20], text, ["--ids", $"image={folder.GetPath("images.txt")}", "--ids", $"text={folder.GetPath("texts.txt")}"]);
    }

    private static ToolRun Run(params string[] arguments)
    {
        var run = ToolRun.Execute(arguments);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        return run;
    }

    private static double Get(JsonElement json, params string[] path) => path.Aggregate(json, (element, name) => element.GetProperty(name)).GetDouble();

    private static int Rank(EmbeddingMapTransformer model, string asking, float[] query, int target, (string Modality, float[] Row)[] gallery)
    {
        float[] Map(string modality, float[] row) => model.GetModality(modality).Map.Apply(row);
        var scores = Array.ConvertAll(gallery, entry => model.Correction!.Score(asking, Map(asking, query), entry.Modality, Map(entry.Modality, entry.Row)));
        return 1 + scores.Count(score => score > scores[target]);
    }
}
