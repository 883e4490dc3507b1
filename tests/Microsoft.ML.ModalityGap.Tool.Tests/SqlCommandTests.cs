using System.Text.Json.Nodes;

namespace Microsoft.ML.ModalityGap.Tool.Tests;

/// <summary><c>export --sql</c>; that PostgreSQL and DuckDB run what it writes is held by Stores.Tests.</summary>
[TestClass]
public class SqlCommandTests
{
    [TestMethod]
    public void Export_Sql_WritesAFunctionPerModality()
    {
        using var folder = new WorkFolder();
        var map = Fit(folder, "--correction", "is");
        var run = ToolRun.Execute("export", "--sql", "--map", map, "--for-store", "gallery", "--asking", "text", "--out", folder.GetPath("gallery.sql"), "--json");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        var json = JsonNode.Parse(run.Out)!;
        Assert.AreEqual("modality_gap_gallery", (string?)json["schema"]);
        Assert.AreEqual("sql", (string?)json["kind"]);
        var sql = File.ReadAllText(folder.GetPath("gallery.sql"));
        Assert.AreEqual(new FileInfo(folder.GetPath("gallery.sql")).Length, (long)json["bytes"]!);
        Assert.Contains("FUNCTION \"modality_gap_gallery\".\"image\"(given vector)", sql);
        Assert.Contains("FUNCTION \"modality_gap_gallery\".\"text\"(given vector)", sql);

        var one = ToolRun.Execute("export", "--sql", "--map", map, "--modality", "text", "--schema", "maps", "--out", folder.GetPath("text.sql"));
        Assert.AreEqual(0, one.ExitCode, one.Error);
        sql = File.ReadAllText(folder.GetPath("text.sql"));
        Assert.Contains("\"maps\".\"text\"(given vector)", sql);
        Assert.DoesNotContain("\"image\"", sql);
    }

    [TestMethod]
    public void Export_SqlForDuckDb_WritesAMacroPerModality()
    {
        using var folder = new WorkFolder();
        var run = ToolRun.Execute("export", "--sql", "duckdb", "--map", Fit(folder), "--out", folder.GetPath("maps.sql"), "--json");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.AreEqual("DuckDB 1.3 or later", (string?)JsonNode.Parse(run.Out)!["database"]);
        Assert.Contains("MACRO \"modality_gap\".\"image\"(given)", File.ReadAllText(folder.GetPath("maps.sql")));
        Assert.AreEqual(0, ToolRun.Execute("export", "--sql", "duckdb", "--center", "photos:vec:kind", "--out", folder.GetPath("center.sql")).ExitCode);
        Assert.Contains("list(mean ORDER BY place)", File.ReadAllText(folder.GetPath("center.sql")));
    }

    [TestMethod]
    public void Export_SqlCentering_NeedsNoMap()
    {
        using var folder = new WorkFolder();
        var run = ToolRun.Execute("export", "--sql", "--center", "my.photos:vec:kind", "--out", folder.GetPath("center.sql"));
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.Contains("avg(l2_normalize(\"vec\")) AS mean FROM \"my\".\"photos\"", File.ReadAllText(folder.GetPath("center.sql")));
    }

    [TestMethod]
    public void Export_OptionsThatDoNotGoTogether_AreRefused()
    {
        using var folder = new WorkFolder();
        var map = Fit(folder);
        foreach (var (word, options) in new (string, string[])[]
        {
            ("--map", []), ("--map", ["--sql"]), ("--sql", ["--map", map, "--schema", "s"]), ("--sql", ["--center", "a:b:c"]), ("--center", ["--sql", "--center", "a:b"]),
            ("--center", ["--sql", "--center", "a:b:c", "--map", map]), ("--opset", ["--sql", "--map", map, "--opset", "17"]), ("duckdb", ["--sql", "oracle", "--map", map]), ("50 bytes", ["--sql", "--map", map, "--schema", new string('s', 51)]),
        })
        {
            var run = ToolRun.Execute(["export", "--out", folder.GetPath("x.sql"), .. options]);
            Assert.AreEqual(2, run.ExitCode, string.Join(' ', options));
            Assert.Contains(word, run.Error, string.Join(' ', options));
            Assert.IsFalse(File.Exists(folder.GetPath("x.sql")), string.Join(' ', options));
        }
    }

    private static string Fit(WorkFolder folder, params string[] options)
    {
        folder.WritePair();
        var run = ToolRun.Execute(["fit", .. folder.PairOptions, "--out", folder.GetPath("map.zip"), .. options]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        return folder.GetPath("map.zip");
    }
}
