using System.Text.RegularExpressions;

namespace Architecture.Tests;

/// <summary>What is opened to be read may come from anyone, so it is opened by what refuses pipes and devices, and reads no more than is allowed.</summary>
[TestClass]
public partial class InputFileTests
{
    /// <summary>Those that open files in their own way, by what they open.</summary>
    private static readonly string[] _own =
    [
        "InputFile.cs", // the way
        "FileIdentity.cs", // no content: on Windows an inode is known by an open file only
    ];

    [TestMethod]
    public void Files_AreOpenedToBeReadByInputFileOnly()
    {
        var root = Layering.Root;
        var files = new[] { "src", Path.Combine("samples", "SearchService") }.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(root, folder), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin")).ToArray();
        Assert.IsGreaterThan(300, files.Length);
        var wrong = files.Where(file => !_own.Contains(Path.GetFileName(file)))
            .SelectMany(file => File.ReadLines(file).Where(line => !line.TrimStart().StartsWith('/') && Opening().IsMatch(line)).Select(line => $"{Path.GetRelativePath(root, file)}: {line.Trim()}"))
            .ToArray();
        Assert.AreEqual("", string.Join('\n', wrong), "Open it with InputFile, ImageFile or Utf8Lines.");
    }

    [TestMethod]
    [DataRow("using var stream = File.OpenRead(path);", true)]
    [DataRow("return System.IO.File.ReadAllBytes(path);", true)]
    [DataRow("foreach (var line in File.ReadLines(path))", true)]
    [DataRow("var text = await File.ReadAllTextAsync(path);", true)]
    [DataRow("using var stream = new FileStream(path, FileMode.Open, FileAccess.Read);", true)]
    [DataRow("using var archive = ZipFile.OpenRead(path);", true)]
    [DataRow("return context.Model.Load(path, out _);", true)]
    [DataRow("using var image = SKBitmap.Decode(path);", true)]
    [DataRow("using var stream = InputFile.OpenRead(path);", false)]
    [DataRow("File.WriteAllBytes(path, bytes);", false)]
    [DataRow("return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);", false)]
    [DataRow("return context.Model.Load(stream, out _);", false)]
    public void Openings_AreFound(string line, bool isFound) => Assert.AreEqual(isFound, Opening().IsMatch(line));

    [GeneratedRegex(@"(?<!Input)\b(Zip|H5)?File\.(ReadAll|ReadLines|OpenRead|OpenText|Open\(path)|\bFile\.OpenHandle\((?!.*CreateNew)|new FileStream\(.*FileMode\.Open, FileAccess\.Read,?\b|new StreamReader\(path|\.Model\.Load\((path|file)|SK(Bitmap|Image|Codec|Data)\.\w+\(path")]
    private static partial Regex Opening();
}
