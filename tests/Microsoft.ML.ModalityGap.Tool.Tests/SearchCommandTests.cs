namespace Microsoft.ML.ModalityGap.Tool.Tests;

[TestClass]
public class SearchCommandTests
{
    [TestMethod]
    public void UnusableRow_IsNamedByWhatEmbedSaysItIs()
    {
        using var folder = new WorkFolder();
        var (image, _) = folder.WritePair(rows: 5);
        image[3][1] = float.NaN;
        folder.WriteNpy("image.npy", image);
        string[] arguments = ["search", "--modality", $"image={folder.GetPath("image.npy")}", "--queries", folder.GetPath("text.npy")];
        StringAssert.Contains(ToolRun.Execute(arguments).Error, $"Row 3 of '{folder.GetPath("image.npy")}' cannot be used");
        File.WriteAllLines(folder.GetPath("image.items.txt"), ["a.png", "b.png", "c.png", "cat.png", "e.png"]);
        var run = ToolRun.Execute(arguments);
        Assert.AreEqual(2, run.ExitCode);
        Assert.HasCount(1, run.ErrorLines);
        StringAssert.Contains(run.Error, $"Row 3 ('cat.png') of '{folder.GetPath("image.npy")}' cannot be used");
    }

    [TestMethod]
    public void Search_TwoModalities_FindsTheNearestOfBoth()
    {
        using var folder = new WorkFolder();
        var (image, text) = folder.WritePair();
        var queries = folder.WriteNpy("queries.npy", [.. image.Take(7)]);
        var json = ToolRun.Execute(["search", .. folder.PairOptions, "--queries", queries, "--k", "5", "--json"]).Json;
        Assert.AreEqual(120, json.GetProperty("index").GetProperty("rows").GetInt32());
        Assert.AreEqual(60, json.GetProperty("index").GetProperty("modalities").GetProperty("text").GetInt32());
        var gallery = image.Select((row, i) => (Id: $"image:{i}", Row: row)).Concat(text.Select((row, i) => (Id: $"text:{i}", Row: row))).ToArray();
        foreach (var (found, i) in json.GetProperty("queries").EnumerateArray().Select((found, i) => (found, i)))
        {
            var expected = gallery.Select(entry => (entry.Id, Score: Cosine(entry.Row, image[i]))).OrderByDescending(entry => entry.Score).Take(5).ToArray();
            var neighbors = found.GetProperty("neighbors").EnumerateArray().ToArray();
            CollectionAssert.AreEqual(expected.Select(entry => entry.Id).ToArray(), neighbors.Select(neighbor => neighbor.GetProperty("id").GetString()).ToArray());
            for (var j = 0; j < 5; j++)
                Assert.AreEqual(expected[j].Score, neighbors[j].GetProperty("score").GetDouble(), 1e-6);
        }
    }

    [TestMethod]
    public void Search_Filter_FindsThatModalityOnly()
    {
        using var folder = new WorkFolder();
        var (image, _) = folder.WritePair();
        var queries = folder.WriteNpy("queries.npy", [.. image.Take(2)]);
        var json = ToolRun.Execute(["search", .. folder.PairOptions, "--queries", queries, "--filter", "text", "--storage", "int8", "--json"]).Json;
        foreach (var neighbor in json.GetProperty("queries").EnumerateArray().SelectMany(query => query.GetProperty("neighbors").EnumerateArray()))
            Assert.AreEqual("text", neighbor.GetProperty("modality").GetString());
        var run = ToolRun.Execute(["search", .. folder.PairOptions, "--queries", queries, "--filter", "audio"]);
        Assert.AreEqual(2, run.ExitCode);
        Assert.Contains("no modality 'audio'", run.Error);
    }

    [TestMethod]
    public void Search_FirstPass_IsKeptWithTheIndexAndFindsTheSameFromEnoughCandidates()
    {
        using var folder = new WorkFolder();
        var (image, _) = folder.WritePair();
        var queries = folder.WriteNpy("queries.npy", [.. image.Take(4)]);
        string[] Find(params string[] options)
        {
            var run = ToolRun.Execute(["search", "--queries", queries, "--k", "3", "--json", .. options]);
            Assert.AreEqual(0, run.ExitCode, run.Error);
            return [.. run.Json.GetProperty("queries").EnumerateArray().SelectMany(query => query.GetProperty("neighbors").EnumerateArray()).Select(neighbor => neighbor.ToString())];
        }

        var exact = Find(folder.PairOptions);
        CollectionAssert.AreEqual(exact, Find([.. folder.PairOptions, "--first-pass", "int8"]));
        var index = folder.GetPath("bits.index");
        Assert.HasCount(exact.Length, Find([.. folder.PairOptions, "--first-pass", "approximatebits", "--candidates", "5", "--save-index", index]));
        CollectionAssert.AreEqual(exact, Find("--index", index, "--candidates", "120"));
        Assert.Contains("rows may be missing", ToolRun.Execute(["search", "--index", index, "--queries", queries]).Out);
    }

    [TestMethod]
    [DataRow("--first-pass approximatebits", "--metric cosine", "--metric", "dot")]
    [DataRow("--candidates", "--first-pass approximatebits", "--candidates", "5")]
    [DataRow(".hits", "merged", "--first-pass", "approximatebits", "--out", "part.hits")]
    [DataRow("approximatebits", "'bits'", "--first-pass", "bits")]
    public void Search_SignBitsThatDoNotFit_SaysWhy(string first, string second, params string[] options)
    {
        using var folder = new WorkFolder();
        var (image, _) = folder.WritePair();
        var queries = folder.WriteNpy("queries.npy", [.. image.Take(1)]);
        string[] pass = options[0] == "--metric" ? ["--first-pass", "approximatebits"] : [];
        var run = ToolRun.Execute(["search", .. folder.PairOptions, "--queries", queries, .. pass, .. options.Select(option => option.EndsWith(".hits", StringComparison.Ordinal) ? folder.GetPath(option) : option)]);
        Assert.AreEqual(2, run.ExitCode);
        Assert.Contains(first, run.Error);
        Assert.Contains(second, run.Error);
    }

    [TestMethod]
    public void Search_LeaveOutOwn_FindsOtherRows()
    {
        using var folder = new WorkFolder();
        var (image, _) = folder.WritePair();
        string[] arguments = ["search", "--modality", $"image={folder.GetPath("image.npy")}", "--queries", folder.GetPath("image.npy"), "--k", "3", "--json"];
        var run = ToolRun.Execute([.. arguments, "--query-modality", "image", "--leave-out-own"]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        foreach (var (found, i) in run.Json.GetProperty("queries").EnumerateArray().Select((found, i) => (found, i)))
        {
            var expected = Enumerable.Range(0, image.Length).Where(row => row != i).OrderByDescending(row => Cosine(image[row], image[i])).Take(3).Select(row => $"image:{row}").ToArray();
            CollectionAssert.AreEqual(expected, found.GetProperty("neighbors").EnumerateArray().Select(neighbor => neighbor.GetProperty("id").GetString()).ToArray());
        }

        run = ToolRun.Execute([.. arguments, "--leave-out-own"]);
        Assert.AreEqual(2, run.ExitCode);
        Assert.Contains("--query-modality", run.Error);
    }

    [TestMethod]
    public void Search_TypedTextAndImage_FindWhatTheirFilesFind()
    {
        using var model = new EmbedFolder();
        model.WriteImages(5);
        File.WriteAllLines(model.Texts, ["a photo of a cat", "a toy dog"]);
        var (images, texts) = (model.GetPath("images.npy"), model.GetPath("texts.npy"));
        Assert.AreEqual(0, ToolRun.Execute("embed", "--model", model.Model, "--images", model.Images, "--out", images).ExitCode);
        Assert.AreEqual(0, ToolRun.Execute("embed", "--model", model.Model, "--texts", model.Texts, "--out", texts).ExitCode);
        string[] gallery = ["search", "--modality", $"image={images}", "--k", "3", "--json"];
        ToolRun Search(params string[] more)
        {
            var run = ToolRun.Execute([.. gallery, .. more]);
            Assert.AreEqual(0, run.ExitCode, run.Error);
            return run;
        }

        Assert.AreEqual(Search("--queries", texts).Out, Search("--text", "a photo of a cat", "--text", "a toy dog", "--model", model.Model).Out);
        var image = Search("--image", Path.Combine(model.Images, "003.bmp"), "--model", model.Model).Json.GetProperty("queries")[0].GetProperty("neighbors")[0];
        Assert.AreEqual("003.bmp", image.GetProperty("id").GetString());
        Assert.AreEqual(1, image.GetProperty("score").GetDouble(), 1e-5);

        model.BreakImage("004.bmp");
        foreach (var (message, more) in new (string, string[])[]
        {
            ("name its folder with --model", ["--text", "a"]),
            ("give one of them", ["--model", model.Model]),
            ("one kind of query", ["--text", "a", "--queries", texts, "--model", model.Model]),
            ("no image of a known format", ["--image", Path.Combine(model.Images, "004.bmp"), "--model", model.Model]),
            ("no such file", ["--image", "nowhere.png", "--model", model.Model]),
        })
        {
            var run = ToolRun.Execute([.. gallery, .. more]);
            Assert.AreEqual(2, run.ExitCode, run.Error);
            Assert.HasCount(1, run.ErrorLines);
            Assert.Contains(message, run.Error);
        }
    }

    [TestMethod]
    public void Search_SavedIndex_FindsTheSame()
    {
        using var folder = new WorkFolder();
        var (image, _) = folder.WritePair();
        var queries = folder.WriteNpy("queries.npy", [.. image.Take(3)]);
        Assert.AreEqual(0, ToolRun.Execute(["search", .. folder.PairOptions, "--save-index", folder.GetPath("index.mgix")]).ExitCode);
        var direct = ToolRun.Execute(["search", .. folder.PairOptions, "--queries", queries, "--json"]);
        var saved = ToolRun.Execute("search", "--index", folder.GetPath("index.mgix"), "--queries", queries, "--json");
        Assert.AreEqual(direct.Out, saved.Out);
        Assert.AreEqual(120, ToolRun.Execute("info", folder.GetPath("index.mgix"), "--json").Json.GetProperty("rows").GetInt32());
        Assert.Contains("image 60", ToolRun.Execute("info", folder.GetPath("index.mgix")).Out);
    }

    [TestMethod]
    public void Search_Map_MapsGalleryAndQueriesAndRefusesOthers()
    {
        using var folder = new WorkFolder();
        var (image, _) = folder.WritePair();
        var (map, index) = (folder.GetPath("map.zip"), folder.GetPath("index.mgix"));
        var queries = folder.WriteNpy("queries.npy", [.. image.Take(3)]);
        Assert.AreEqual(0, ToolRun.Execute(["fit", .. folder.PairOptions, "--out", map]).ExitCode);
        var run = ToolRun.Execute(["search", .. folder.PairOptions, "--map", map, "--query-modality", "image", "--queries", queries, "--k", "1", "--save-index", index, "--json"]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.AreEqual("image:0", run.Json.GetProperty("queries")[0].GetProperty("neighbors")[0].GetProperty("id").GetString());

        // The same queries, mapped before by transform, which leaves a fingerprint beside the file.
        Assert.AreEqual(0, ToolRun.Execute("transform", "--map", map, "--modality", "image", "--in", queries, "--out", folder.GetPath("closed.npy")).ExitCode);
        var closed = ToolRun.Execute("search", "--index", index, "--queries", folder.GetPath("closed.npy"), "--k", "1", "--json");
        Assert.AreEqual(run.Json.GetProperty("queries").GetRawText(), closed.Json.GetProperty("queries").GetRawText());
        Assert.AreEqual("", closed.Error);

        // Of raw queries nothing tells that they are raw.
        var raw = ToolRun.Execute("search", "--index", index, "--queries", queries, "--json");
        Assert.AreEqual(0, raw.ExitCode);
        Assert.Contains("warning: the rows of the gallery came through the maps", raw.Error);

        // Nor of a raw gallery, where the queries are mapped.
        var unmappedGallery = ToolRun.Execute(["search", .. folder.PairOptions, "--queries", folder.GetPath("closed.npy")]);
        Assert.AreEqual(0, unmappedGallery.ExitCode);
        Assert.Contains("nothing tells that the rows of the gallery did", unmappedGallery.Error);

        Assert.AreEqual(0, ToolRun.Execute("fit", "--modality", $"image={folder.GetPath("image.npy")}", "--out", folder.GetPath("other.zip")).ExitCode);
        var refused = ToolRun.Execute("search", "--index", index, "--queries", queries, "--map", folder.GetPath("other.zip"), "--query-modality", "image");
        Assert.AreEqual(2, refused.ExitCode);
        Assert.Contains(run.Json.GetProperty("index").GetProperty("modelFingerprint").GetString()!, refused.Error);
    }

    [TestMethod]
    [DataRow("is", "7")]
    [DataRow("dis", null)]
    [DataRow("dual-is", "1,2")]
    [DataRow("dual-dis", null)]
    [DataRow("csls", null)]
    [DataRow("dn", null)]
    public void Search_Hubness_IsThatOfTheLibraryAndSaved(string method, string? beta)
    {
        using var folder = new WorkFolder();
        var (image, text) = folder.WritePair();
        var queries = folder.WriteNpy("queries.npy", [.. text.Take(9)]);
        string[] gallery = ["--modality", $"image={folder.GetPath("image.npy")}"];
        string[] options = ["--hubness", method, "--query-bank", folder.GetPath("text.npy"), "--gallery-bank", folder.GetPath("image.npy"), .. beta is null ? (string[])[] : ["--beta", beta]];
        var run = ToolRun.Execute(["search", .. gallery, "--queries", queries, "--k", "4", .. options, "--save-rescorer", folder.GetPath("rescorer.mgrs"), "--json"]);
        Assert.AreEqual(0, run.ExitCode, run.Error);

        var index = new EmbeddingIndex(8);
        index.AddRange([.. Enumerable.Range(0, 60).Select(i => (EmbeddingId)$"image:{i}")], [.. image.SelectMany(row => row)], "image");
        var rescorer = new Rescorer(RescoringMethods.Create(method, beta, null), 8, [.. text.SelectMany(row => row)], [.. image.SelectMany(row => row)]);
        var expected = index.SearchBatch(text.Take(9).ToArray(), 4, new SearchOptions { Rescorer = rescorer });
        CollectionAssert.AreEqual(
            expected.SelectMany(neighbors => neighbors).Select(neighbor => neighbor.Id.ToString()).ToArray(),
            run.Json.GetProperty("queries").EnumerateArray().SelectMany(query => query.GetProperty("neighbors").EnumerateArray()).Select(neighbor => neighbor.GetProperty("id").GetString()).ToArray());

        var again = ToolRun.Execute(["search", .. gallery, "--queries", queries, "--k", "4", "--rescorer", folder.GetPath("rescorer.mgrs"), "--json"]);
        Assert.AreEqual(run.Out, again.Out);
    }

    [TestMethod]
    public void Search_UnusableRows_AreNamedOrLeftOut()
    {
        using var folder = new WorkFolder();
        var (image, _) = folder.WritePair();
        image[3][2] = float.NaN;
        folder.WriteNpy("image.npy", image);
        var queries = folder.WriteNpy("queries.npy", [.. image.Take(4)]);
        var run = ToolRun.Execute(["search", .. folder.PairOptions, "--queries", queries]);
        Assert.AreEqual(2, run.ExitCode);
        Assert.HasCount(1, run.ErrorLines);
        Assert.Contains("Row 3", run.Error);
        Assert.Contains("image.npy", run.Error);

        var skipped = ToolRun.Execute(["search", .. folder.PairOptions, "--queries", queries, "--skip-unusable", "--json"]);
        Assert.AreEqual(0, skipped.ExitCode, skipped.Error);
        Assert.AreEqual(119, skipped.Json.GetProperty("index").GetProperty("rows").GetInt32());
        Assert.AreEqual(0, skipped.Json.GetProperty("queries")[3].GetProperty("neighbors").GetArrayLength());
        Assert.AreEqual(10, skipped.Json.GetProperty("queries")[2].GetProperty("neighbors").GetArrayLength());
        Assert.Contains("1 of 120", skipped.Error);
    }

    [TestMethod]
    [DataRow("--queries|Q|--k|0", "--k takes")]
    [DataRow("--k|3", "--queries")]
    [DataRow("--queries|Q|--hubness|best", "There is is, dis, dual-is")]
    [DataRow("--queries|Q|--hubness|dis", "--query-bank")]
    [DataRow("--queries|Q|--beta|3", "go with --hubness")]
    [DataRow("--queries|Q|--hubness|csls|--query-bank|Q|--beta|3", "says nothing to")]
    [DataRow("--queries|Q|--hubness|dual-is|--query-bank|Q|--beta|3", "two numbers")]
    [DataRow("--queries|Q|--hubness|dual-is|--query-bank|Q", "gallery")]
    [DataRow("--queries|Q|--metric|euclid", "There is cosine, dot")]
    [DataRow("--queries|Q|--index|Q", "--index brings")]
    [DataRow("--queries|W", "8 dimensions, but")]
    public void Search_BadUsage_IsOneLine(string arguments, string expected)
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        var wide = folder.WriteNpy("wide.npy", [[1, 2, 3]]);
        var run = ToolRun.Execute(["search", .. folder.PairOptions, .. arguments.Split('|').Select(part => part switch { "Q" => folder.GetPath("image.npy"), "W" => wide, _ => part })]);
        Assert.AreEqual(2, run.ExitCode);
        Assert.HasCount(1, run.ErrorLines);
        Assert.Contains(expected, run.Error);
    }

    [TestMethod]
    public void Search_Table_SaysWhatItFound()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        var run = ToolRun.Execute(["search", .. folder.PairOptions, "--queries", folder.GetPath("text.npy"), "--k", "2"]);
        Assert.Contains("60 queries over 120 rows of 8 dimensions", run.Out);
        Assert.Contains("the first 20 queries", run.Out);
        Assert.Contains("text:19", run.Out);
    }

    private static double Cosine(float[] a, float[] b) =>
        a.Zip(b, (x, y) => (double)x * y).Sum() / Math.Sqrt(a.Sum(x => (double)x * x) * b.Sum(y => (double)y * y));
}
