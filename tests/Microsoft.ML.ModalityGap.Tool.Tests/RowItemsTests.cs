namespace Microsoft.ML.ModalityGap.Tool.Tests;

/// <summary>Where 'embed' has left a list of what the rows are, every command says which it means: in messages and in the files it writes.</summary>
[TestClass]
public class RowItemsTests
{
    private const int BadRow = 17;

    [TestMethod]
    [DataRow("evaluate {bad}")]
    [DataRow("evaluate {bad} --mixed")]
    [DataRow("evaluate {bad} --map {map}")]
    [DataRow("evaluate {bad} --holdout 0.5")]
    [DataRow("evaluate {bad} --ids image={ids} --ids text={ids}")]
    [DataRow("evaluate {good} --ids image={ids} --ids text={ids} --mixed --query query={text} --query-ids {ids}")]
    [DataRow("fit {bad} --out {out}.zip")]
    [DataRow("fit {bad} --method align --correction is --out {out}.zip")]
    [DataRow("fit {bad} --method i0t-async --epochs 1 --out {out}.zip")]
    [DataRow("select {bad}")]
    [DataRow("select {bad} --ids image={ids} --ids text={ids}")]
    [DataRow("statistics {bad} --out {out}.stats")]
    [DataRow("sweep {bad}")]
    [DataRow("compare {bad}")]
    [DataRow("compare {bad} --ids image={ids} --ids text={ids}")]
    [DataRow("learning-curve {bad}")]
    [DataRow("report {bad} --out {out}.html")]
    [DataRow("report {bad} --map {map} --out {out}.html")]
    [DataRow("report {bad} --ids image={ids} --ids text={ids} --out {out}.html")]
    [DataRow("report {bad} --holdout 0.5 --out {out}.html")]
    [DataRow("score {bad}")]
    [DataRow("score {bad} --map {map}")]
    [DataRow("score {bad} --control")]
    [DataRow("score {good} --reference {text}")]
    [DataRow("cluster {bad} --clusters 3")]
    [DataRow("cluster {bad} --clusters 3 --map {map}")]
    [DataRow("drift {bad} --map {map}")]
    [DataRow("search {bad} --queries {goodtext}")]
    [DataRow("search {good} --queries {text}")]
    [DataRow("search {good} --map {map} --queries {text} --query-modality text")]
    [DataRow("search {good} --queries {goodtext} --hubness is --query-bank {text}")]
    [DataRow("transform --in {text} --map {map} --modality text --out {out}.npy")]
    public void Message_OfAnUnusableRow_NamesItsItem(string line)
    {
        using var folder = CreateFolder();
        var run = ToolRun.Execute(Fill(folder, line));
        Assert.AreEqual(ExitCodes.BadInput, run.ExitCode, run.Out);
        Assert.HasCount(1, run.ErrorLines);
        Assert.Contains($"row {BadRow} ('text {BadRow}.txt')", run.Error, StringComparison.OrdinalIgnoreCase);
    }

    [TestMethod]
    public void Message_WithoutAList_HasTheNumber()
    {
        using var folder = CreateFolder();
        File.Delete(folder.GetPath("text.items.txt"));
        Assert.Contains($"Column 'text', row {BadRow} cannot", ToolRun.Execute(Fill(folder, "evaluate {bad}")).Error);

        // A list of other rows says nothing of these.
        File.WriteAllText(folder.GetPath("text.items.txt"), "one");
        Assert.Contains($"Column 'text', row {BadRow} cannot", ToolRun.Execute(Fill(folder, "evaluate {bad}")).Error);
    }

    [TestMethod]
    [DataRow("score {good} --out {out}.tsv", "17\tgoodimage 17.txt\tgoodtext 17.txt\t")]
    [DataRow("classify --in {goodtext} --class a --class b --class-embeddings {classes} --out {out}.tsv", "17\tgoodtext 17.txt\t")]
    [DataRow("classify --in {goodtext} --class a --class b --class-embeddings {classes} --multi-label --threshold 0.1 --out {out}.tsv", "17\tgoodtext 17.txt\t")]
    [DataRow("cluster {good} --clusters 3 --out {out}.tsv", "text\t17\tgoodtext 17.txt\t")]
    [DataRow("search {good} --queries {goodtext} --k 1 --out {out}.tsv", "17\tgoodtext 17.txt\t1\tgoodtext 17.txt\t")]
    [DataRow("search {good} --queries {goodtext} --k 1 --out {out}.jsonl", "\"item\":\"goodtext 17.txt\",\"rank\":1,\"id\":\"goodtext 17.txt\"")]
    public void File_OfRows_NamesItems(string line, string expected)
    {
        using var folder = CreateFolder();
        var run = ToolRun.Execute(Fill(folder, line));
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.Contains(expected, File.ReadAllText(folder.GetPath(line.EndsWith(".tsv", StringComparison.Ordinal) ? "out.tsv" : "out.jsonl")));
    }

    [TestMethod]
    public void EveryCommandThatReadsEmbeddings_IsTried()
    {
        // What reads no rows of embeddings, or names none.
        string[] others = ["bake", "benchmark", "completion", "doctor", "embed", "evaluate-table", "export", "info", "merge"];
        var tried = typeof(RowItemsTests).GetMethods().SelectMany(method => method.GetCustomAttributes(typeof(DataRowAttribute), inherit: false).Cast<DataRowAttribute>())
            .Select(row => ((string)row.Data[0]!).Split(' ')[0]).ToHashSet();
        var root = ModalityGapCommand.CreateRoot(new ToolConsole(TextWriter.Null, TextWriter.Null, false, false));
        CollectionAssert.AreEquivalent(root.Subcommands.Where(command => !command.Hidden).Select(command => command.Name).Except(others).ToArray(), tried.ToArray());
    }

    private static WorkFolder CreateFolder()
    {
        var folder = new WorkFolder();
        var (image, text) = folder.WritePair();
        folder.WriteNpy("goodimage.npy", image);
        folder.WriteNpy("goodtext.npy", text);
        folder.WriteNpy("classes.npy", [image[0], text[1]]);
        Assert.AreEqual(0, ToolRun.Execute(["fit", .. folder.PairOptions, "--out", folder.GetPath("map.zip")]).ExitCode);
        text[BadRow][2] = float.NaN;
        folder.WriteNpy("text.npy", text);
        foreach (var name in new[] { "image", "text", "goodimage", "goodtext" })
            File.WriteAllLines(folder.GetPath($"{name}.items.txt"), Enumerable.Range(0, 60).Select(row => $"{name} {row}.txt"));
        File.WriteAllLines(folder.GetPath("ids.txt"), Enumerable.Range(0, 60).Select(row => $"{row}"));
        return folder;
    }

    private static string[] Fill(WorkFolder folder, string line) =>
    [
        .. line.Replace("{bad}", "--modality image={image} --modality text={text}", StringComparison.Ordinal)
            .Replace("{good}", "--modality image={goodimage} --modality text={goodtext}", StringComparison.Ordinal)
            .Split(' ')
            .Select(word => word.Replace("{out}", folder.GetPath("out"), StringComparison.Ordinal).Replace("{map}", folder.GetPath("map.zip"), StringComparison.Ordinal)
                .Replace("{ids}", folder.GetPath("ids.txt"), StringComparison.Ordinal))
            .Select(word => System.Text.RegularExpressions.Regex.Replace(word, @"\{(\w+)\}", match => folder.GetPath($"{match.Groups[1].Value}.npy"))),
    ];
}
