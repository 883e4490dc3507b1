using System.Diagnostics;
using System.Text.Json;

namespace Microsoft.ML.ModalityGap.Tool.Tests;

/// <summary>What shells complete, and files of hits.</summary>
[TestClass]
public class CompletionTests
{
    [TestMethod]
    [DataRow("eval", "evaluate")]
    [DataRow("fit --meth", "--method")]
    [DataRow("fit --method ", "center")]
    [DataRow("fit --method wh", "whiten")]
    [DataRow("completion ", "zsh")]
    public void Line_IsCompleted(string line, string expected) =>
        Assert.Contains(expected, Complete(line));

    [TestMethod]
    public void Modality_IsCompletedFromTheMap()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        Assert.AreEqual(0, ToolRun.Execute(["fit", .. folder.PairOptions, "--out", folder.GetPath("map.zip")]).ExitCode);
        var found = Complete($"transform --map {folder.GetPath("map.zip")} --modality ");
        Assert.Contains("image", found);
        Assert.Contains("text", found);
        Assert.DoesNotContain("image", Complete($"transform --map {folder.GetPath("none.zip")} --modality "));
    }

    [TestMethod]
    public void BashScript_CompletesInBash()
    {
        if (OperatingSystem.IsWindows())
            Assert.Inconclusive("There is no bash to ask.");
        using var folder = new WorkFolder();
        var script = folder.GetPath("completion.bash");
        File.WriteAllText(script, ToolRun.Execute("completion", "bash").Out);
        var ask = $$"""
            modality-gap() { dotnet '{{Path.Combine(AppContext.BaseDirectory, "modality-gap.dll")}}' "$@"; }
            source '{{script}}'
            COMP_LINE='modality-gap fit --method wh'; COMP_POINT=${#COMP_LINE}; COMP_WORDS=(modality-gap fit --method wh); COMP_CWORD=3
            _modality_gap
            printf '%s\n' "${COMPREPLY[@]}"
            """;
        using var process = Process.Start(new ProcessStartInfo("bash", ["-c", ask]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEnd();
        Assert.AreEqual("whiten", output.Trim(), process.StandardError.ReadToEnd());
    }

    [TestMethod]
    public void Completion_OfAnUnknownShell_IsRefused()
    {
        var run = ToolRun.Execute("completion", "bsh");
        Assert.AreEqual((2, "modality-gap: There is no shell 'bsh'. There is bash, zsh, pwsh. Did you mean 'bash'?"), (run.ExitCode, run.Error.TrimEnd()));
    }

    [TestMethod]
    public void SearchOut_WritesEveryHit()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        string[] line = ["search", .. folder.PairOptions, "--queries", folder.GetPath("text.npy"), "--k", "3", "--json", "--out"];
        var expected = ToolRun.Execute([.. line, folder.GetPath("hits.jsonl")]);
        Assert.AreEqual((0, ""), (expected.ExitCode, expected.Error));
        Assert.AreEqual(0, ToolRun.Execute([.. line, folder.GetPath("hits.tsv")]).ExitCode);
        var objects = File.ReadAllLines(folder.GetPath("hits.jsonl")).Select(text => JsonDocument.Parse(text).RootElement).ToArray();
        var rows = File.ReadAllLines(folder.GetPath("hits.tsv"));
        Assert.AreEqual("query\titem\trank\tid\tmodality\tscore", rows[0]);
        Assert.HasCount(3 * 60, objects);
        Assert.HasCount(1 + 3 * 60, rows);
        var hit = 0;
        foreach (var query in expected.Json.GetProperty("queries").EnumerateArray())
        {
            foreach (var neighbor in query.GetProperty("neighbors").EnumerateArray())
            {
                Assert.AreEqual(neighbor.GetProperty("id").GetString(), objects[hit].GetProperty("id").GetString());
                Assert.AreEqual(neighbor.GetProperty("score").GetSingle(), objects[hit].GetProperty("score").GetSingle());
                var cells = rows[++hit].Split('\t');
                Assert.AreEqual(query.GetProperty("query").GetInt32().ToString(System.Globalization.CultureInfo.InvariantCulture), cells[0]);
                Assert.AreEqual(neighbor.GetProperty("id").GetString(), cells[3]);
                Assert.AreEqual(neighbor.GetProperty("score").GetSingle(), float.Parse(cells[5], System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        var refused = ToolRun.Execute([.. line, folder.GetPath("hits.csv")]);
        Assert.AreEqual(2, refused.ExitCode);
        Assert.Contains("hits.jsonl or hits.tsv", refused.Error);
    }

    private static string[] Complete(string line)
    {
        var run = ToolRun.Execute("[complete]", line.Length.ToString(System.Globalization.CultureInfo.InvariantCulture), line);
        Assert.AreEqual((0, ""), (run.ExitCode, run.Error));
        return run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
