namespace Microsoft.ML.ModalityGap.Tool.Tests;

/// <summary>Every way to get it wrong: exit code 2, one line on standard error that names the thing, nothing on standard output, no file.</summary>
[TestClass]
public class BadInputTests
{
    private const string Pair = "--modality image={image.npy} --modality text={text.npy}";

    [TestMethod]
    // Usage
    [DataRow("frobnicate", "modality-gap: There is no command 'frobnicate'")]
    [DataRow("evaluate", "--modality")]
    [DataRow("evaluate --modality image={image.npy}", "two modalities")]
    [DataRow("evaluate " + Pair + " --modality more={text.npy}", "two modalities")]
    [DataRow("evaluate --modality image={image.npy} --modality image={text.npy}", "'image' is given twice")]
    [DataRow("evaluate --modality {image.npy}", "name=file")]
    [DataRow("evaluate --modality =x --modality b=y", "name=file")]
    [DataRow("evaluate --pair {pair.npy} --modality a={image.npy}", "not both")]
    [DataRow("evaluate --pair {pair.npy} --names a,a", "'a' is given twice")]
    [DataRow("evaluate --pair {pair.npy} --names a,", "empty")]
    [DataRow("evaluate --pair {pair.npy} --names a,b,c", "2 modalities")]
    [DataRow("evaluate " + Pair + " --names a,b", "--names")]
    [DataRow("evaluate " + Pair + " --method center", "--holdout")]
    [DataRow("evaluate " + Pair + " --holdout 0.5 --method frob", "center")]
    [DataRow("evaluate " + Pair + " --holdout 0.5 --map {map.zip}", "--map")]
    [DataRow("evaluate " + Pair + " --holdout 1.5", "'1.5'")]
    [DataRow("evaluate " + Pair + " --holdout nan", "'nan'")]
    [DataRow("evaluate " + Pair + " --holdout 0.001", "leaves")]
    [DataRow("evaluate " + Pair + " --seed x", "'--seed' as a whole number")]
    [DataRow("fit " + Pair + " --out {out} --lambda x", "'--lambda' as a number")]
    [DataRow("fit " + Pair + " --out {out} --method i0t-async --epochs 0", "--epochs takes a number from 1, but 0 was given")]
    [DataRow("fit " + Pair + " --out {out} --method i0t-async --state {text.txt}", "text.txt")]
    [DataRow("fit " + Pair + " --out {out} --method i0t-async --state {out}", "--out would replace")]
    [DataRow("search " + Pair + " --save-index {image.npy}", "--save-index would replace")]
    [DataRow("search --pair {pair.npy} --save-index {pair.npy}", "--save-index would replace")]
    [DataRow("search " + Pair + " --map {map.zip} --save-index {map.zip}", "--save-index would replace")]
    [DataRow("search " + Pair + " --queries {short.npy} --hubness csls --query-bank {text.npy} --save-rescorer {image.npy}", "--save-rescorer would replace")]
    [DataRow("search " + Pair + " --queries {short.npy} --hubness csls --query-bank {text.npy} --save-rescorer {out} --save-index {out}", "--save-rescorer would replace")]
    [DataRow("search " + Pair + " --queries {short.npy} --hubness dn --query-bank {text.npy} --gallery-bank image={out} --save-index {out}", "--save-index would replace")]
    [DataRow("search " + Pair + " --queries {wide.npy} --save-index {out}", "16")]
    [DataRow("search " + Pair + " --queries {short.npy} --hubness csls --query-bank {none.npy} --save-index {out}", "none.npy")]
    [DataRow("search --index {text.txt} --queries {short.npy}", "text.txt")]
    [DataRow("search " + Pair + " --queries {short.npy} --rescorer {text.txt}", "text.txt")]
    [DataRow("score " + Pair + " --ratings {text.txt} --out {text.txt}", "--out would replace")]
    [DataRow("score " + Pair + " --map {map.zip} --out {map.zip}", "--out would replace")]
    [DataRow("classify --in {image.npy} --class-embeddings {text.npy} --classes {text.txt} --out {out} --save {out}", "--save would replace")]
    [DataRow("classify --in {image.npy} --class-embeddings {text.npy} --classes {text.txt} --labels {out} --out {out}", "--out would replace")]
    [DataRow("classify --in {image.npy} --class-embeddings {text.npy} --classes {text.txt} --show -1", "--show")]
    [DataRow("select --modality image={same.npy} --modality text={same.npy}", "the same")]
    [DataRow("drift --map {map.zip} --modality image={one.npy}", "one row")]
    [DataRow("fit " + Pair, "--out")]
    [DataRow("fit " + Pair + " --out {out} --method frob", "There is center")]
    [DataRow("fit " + Pair + " --modality more={text.npy} --holdout 0.5 --out {out}", "two modalities")]
    [DataRow("fit " + Pair + " --out {image.npy}", "--out would replace")]
    [DataRow("fit " + Pair + " --out {nofolder/out}", "nofolder")]
    [DataRow("fit " + Pair + " --out {}", "folder has that name")]
    [DataRow("fit " + Pair + " --out /dev/null", "/dev/null")]
    [DataRow("transform --map {map.zip} --in {image.npy} --out {out}", "--modality")]
    [DataRow("transform --map {map.zip} --modality image --out {out}", "--in")]
    [DataRow("transform --map {map.zip} --modality image --in {image.npy}", "--out")]
    [DataRow("transform --map {map.zip} --modality image --in {image.npy} --out {map.zip}", "--out would replace")]
    [DataRow("transform --map {map.zip} --modality image --in {image.npy} --out {nofolder/out}", "nofolder")]
    [DataRow("transform --map {map.zip} --modality image --in {image.npy} --out {out} --dtype int8", "int8")]
    [DataRow("transform --map {map.zip} --modality sound --in {image.npy} --out {out}", "'image', 'text'")]
    [DataRow("info", "argument 'file' missing")]
    // Files
    [DataRow("evaluate --modality image={} --modality text={text.npy}", "complex.npy")]
    [DataRow("evaluate " + Pair + " --map {}", "is a folder")]
    [DataRow("evaluate " + Pair + " --ids image={blanks.txt} --ids text={blanks.txt}", "Line 31 of")]
    [DataRow("evaluate --modality image={image.npy} --modality text={none.npy}", "none.npy")]
    [DataRow("evaluate --modality image={image.npy} --modality text={text.txt}", "text.txt")]
    [DataRow("evaluate --modality image={image.npy} --modality text={empty.npy}", "empty.npy")]
    [DataRow("evaluate --modality image={image.npy} --modality text={cut.npy}", "cut short")]
    [DataRow("evaluate --modality image={image.npy} --modality text={complex.npy}", "'<c8'")]
    [DataRow("evaluate --modality image={image.npy} --modality text={short.npy}", "60")]
    [DataRow("evaluate --modality image={image.npy} --modality text={wide.npy}", "16")]
    [DataRow("evaluate --modality image={image.npy} --modality text={pair.npy}", "--pair")]
    [DataRow("evaluate --modality image={image.npy} --modality text={norows.npy}", "60")]
    [DataRow("evaluate --modality image={norows.npy} --modality text={norows.npy}", "0 usable pairs")]
    [DataRow("evaluate --pair {image.npy}", "(2, N, D)")]
    [DataRow("evaluate --pair {triple.npy}", "--names")]
    [DataRow("evaluate --modality image={nan.npy} --modality text={text.npy}", "row 17")]
    [DataRow("evaluate --modality image={nan.npy} --modality text={text.npy} --holdout 0.5", "row 17")]
    [DataRow("evaluate --modality image={nan.npy} --modality text={text.npy}", "--skip-unusable")]
    [DataRow("evaluate " + Pair + " --map {none.zip}", "none.zip")]
    [DataRow("evaluate " + Pair + " --map {image.npy}", "image.npy")]
    [DataRow("evaluate " + Pair + " --map {damaged.zip}", "damaged.zip")]
    [DataRow("evaluate " + Pair + " --map {other.zip}", "without maps")]
    [DataRow("evaluate --modality image={image.npy} --modality sound={text.npy} --map {map.zip}", "'sound'")]
    [DataRow("evaluate --modality image={image.npy} --modality text={wide.npy} --map {map.zip}", "takes 8")]
    [DataRow("fit --modality image={nan.npy} --modality text={text.npy} --out {out}", "row 17")]
    [DataRow("fit --modality image={nan.npy} --modality text={text.npy} --out {out} --holdout 0.5", "row 17")]
    [DataRow("fit --modality image={zero.npy} --modality text={text.npy} --out {out}", "zero vector")]
    [DataRow("fit --modality image={none.npy} --modality text={text.npy} --out {out}", "none.npy")]
    [DataRow("fit --modality image={cut.npy} --modality text={text.npy} --out {out}", "cut.npy")]
    [DataRow("fit --modality image={norows.npy} --out {out}", "no row")]
    [DataRow("transform --map {map.zip} --modality image --in {wide.npy} --out {out}", "takes 8")]
    [DataRow("transform --map {map.zip} --modality image --in {nan.npy} --out {out}", "row 17")]
    [DataRow("transform --map {map.zip} --modality image --in {pair.npy} --out {out}", "(N, D)")]
    [DataRow("transform --map {map.zip} --modality image --in {cut.npy} --out {out}", "cut.npy")]
    [DataRow("transform --map {map.zip} --modality image --in {none.npy} --out {out}", "none.npy")]
    [DataRow("transform --map {none.zip} --modality image --in {image.npy} --out {out}", "none.zip")]
    [DataRow("info {none.npy}", "none.npy")]
    [DataRow("info {text.txt}", "neither")]
    [DataRow("info {empty.npy}", "is no .npy file")]
    [DataRow("info {cut.npy}", "cut short")]
    [DataRow("info {damaged.zip}", "damaged")]
    public void CommandLine_IsRefusedInOneLine(string commandLine, string named)
    {
        using var folder = new WorkFolder();
        WriteFiles(folder);
        var before = folder.ListFiles();
        var run = ToolRun.Execute([.. commandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(argument => Expand(folder, argument))]);
        CheckRefused(run, named);
        CollectionAssert.AreEqual(before, folder.ListFiles());
    }

    [TestMethod]
    public void Process_SaysTheSame()
    {
        using var folder = new WorkFolder();
        WriteFiles(folder);
        var before = folder.ListFiles();
        CheckRefused(ToolRun.ExecuteProcess("fit", "--modality", $"image={folder.GetPath("nan.npy")}", "--out", folder.GetPath("out")), "row 17");
        CheckRefused(ToolRun.ExecuteProcess("transform", "--map", folder.GetPath("map.zip")), "required");
        CollectionAssert.AreEqual(before, folder.ListFiles());
    }

    [TestMethod]
    public void Transform_FailingHalfWay_LeavesTheFormerOutput()
    {
        using var folder = new WorkFolder();
        WriteFiles(folder);
        File.WriteAllText(folder.GetPath("out"), "former");
        var run = ToolRun.Execute("transform", "--map", folder.GetPath("map.zip"), "--modality", "image", "--in", folder.GetPath("nan.npy"), "--out", folder.GetPath("out"), "--force");
        CheckRefused(run, "row 17");
        Assert.AreEqual("former", File.ReadAllText(folder.GetPath("out")));
    }

    [TestMethod]
    public void Verbose_AddsTheStack()
    {
        using var folder = new WorkFolder();
        var run = ToolRun.Execute("info", folder.GetPath("none.npy"), "--verbose");
        Assert.AreEqual(2, run.ExitCode);
        Assert.StartsWith("modality-gap: ", run.ErrorLines[0]);
        Assert.Contains(nameof(InfoCommand), run.Error);
    }

    [TestMethod]
    public void EmptyFileName_IsSaidSo()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        CheckRefused(ToolRun.Execute(["fit", .. folder.PairOptions, "--out", ""]), "name of a file is empty");
        CheckRefused(ToolRun.Execute(["evaluate", .. folder.PairOptions, "--map", ""]), "name of a file is empty");
    }

    [TestMethod]
    public void UnexpectedException_Returns1InOneLine()
    {
        using var error = new StringWriter();
        var console = new ToolConsole(TextWriter.Null, error, outIsTerminal: false, errorIsTerminal: false);
        Assert.AreEqual(1, ErrorReport.Write(console, new AggregateException(new NotSupportedException("one\ntwo")), verbose: false, new System.CommandLine.RootCommand()));
        var lines = error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.HasCount(1, lines);
        Assert.Contains("NotSupportedException: one two", lines[0]);
    }

    [TestMethod]
    public void WrappedInputError_IsUnwrapped()
    {
        using var error = new StringWriter();
        var console = new ToolConsole(TextWriter.Null, error, outIsTerminal: false, errorIsTerminal: false);
        var exception = new AggregateException(new InvalidOperationException("worker", new ArgumentOutOfRangeException("schema", "no column 'x'")));
        Assert.AreEqual(2, ErrorReport.Write(console, exception, verbose: false, new System.CommandLine.RootCommand()));
        Assert.AreEqual("modality-gap: no column 'x'", error.ToString().TrimEnd());
    }

    private static void CheckRefused(ToolRun run, string named)
    {
        Assert.AreEqual(2, run.ExitCode, run.Error);
        Assert.AreEqual("", run.Out);
        Assert.HasCount(1, run.ErrorLines, run.Error);
        Assert.StartsWith("modality-gap: ", run.Error);
        Assert.Contains(named, run.Error);
    }

    private static string Expand(WorkFolder folder, string argument)
    {
        var start = argument.IndexOf('{', StringComparison.Ordinal);
        return start < 0 ? argument : argument[..start] + folder.GetPath(argument[(start + 1)..^1]);
    }

    private static void WriteFiles(WorkFolder folder)
    {
        var (image, text) = folder.WritePair();
        Assert.AreEqual(0, ToolRun.Execute(["fit", .. folder.PairOptions, "--out", folder.GetPath("map.zip")]).ExitCode);
        folder.WriteNpy("pair.npy", [.. image, .. text], "2, 60, 8");
        folder.WriteNpy("triple.npy", [.. image, .. text], "3, 40, 8");
        folder.WriteNpy("wide.npy", [.. image, .. text], "60, 16");
        folder.WriteNpy("short.npy", text[..30]);
        folder.WriteNpy("one.npy", image[..1]);
        folder.WriteNpy("same.npy", [.. Enumerable.Repeat(Enumerable.Range(1, 64).Select(i => (float)i).ToArray(), 40)]);
        File.WriteAllLines(folder.GetPath("blanks.txt"), Enumerable.Range(0, 60).Select(i => i is 30 or 40 ? " " : $"{i}"));
        folder.WriteNpy("complex.npy", text, "60, 8", "<c8");
        folder.WriteNpy("norows.npy", [], "0, 8");
        var cut = File.ReadAllBytes(folder.GetPath("text.npy"));
        File.WriteAllBytes(folder.GetPath("cut.npy"), cut[..^10]);
        image[17][3] = float.NaN;
        folder.WriteNpy("nan.npy", image);
        Array.Clear(image[17]);
        folder.WriteNpy("zero.npy", image);
        File.WriteAllText(folder.GetPath("text.txt"), "no numbers");
        File.WriteAllText(folder.GetPath("empty.npy"), "");

        var map = File.ReadAllBytes(folder.GetPath("map.zip"));
        map.AsSpan(map.Length / 3, 16).Fill(0x5a);
        File.WriteAllBytes(folder.GetPath("damaged.zip"), map);

        var ml = new MLContext();
        var data = ml.ModalityGap().LoadFromNpy(folder.GetPath("text.npy"), "text");
        ml.Model.Save(ml.Transforms.CopyColumns("copy", "text").Fit(data), data.Schema, folder.GetPath("other.zip"));
    }
}
