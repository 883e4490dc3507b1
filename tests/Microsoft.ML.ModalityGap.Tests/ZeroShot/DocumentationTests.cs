namespace Microsoft.ML.ModalityGap.Tests.ZeroShot;

/// <summary>The C# in docs/zeroshot.md and docs/captions.md is that of the sample, which is built with the solution: so it compiles.</summary>
[TestClass]
public class DocumentationTests
{
    [TestMethod]
    [DataRow("zeroshot.md")]
    [DataRow("captions.md")]
    public void Examples_StandInTheSample(string document)
    {
        var root = FindRoot();
        var sources = Directory.GetFiles(Path.Combine(root, "samples", "ZeroShot"), "*.cs").Select(file => Normalize(File.ReadLines(file))).ToArray();
        var blocks = ReadBlocks(Path.Combine(root, "docs", document));
        Assert.IsGreaterThan(2, blocks.Count);
        foreach (var block in blocks)
            Assert.IsTrue(sources.Any(source => source.Contains(Normalize(block), StringComparison.Ordinal)), $"docs/{document} shows what samples/ZeroShot does not hold:\n{string.Join('\n', block)}");
    }

    private static List<List<string>> ReadBlocks(string path)
    {
        var blocks = new List<List<string>>();
        List<string>? block = null;
        foreach (var line in File.ReadLines(path))
        {
            if (block is null && line == "```csharp")
                block = [];
            else if (block is not null && line == "```")
            {
                blocks.Add(block);
                block = null;
            }
            else
            {
                block?.Add(line);
            }
        }

        return blocks;
    }

    /// <summary>Without indentation, which is the sample's own.</summary>
    private static string Normalize(IEnumerable<string> lines) => string.Join('\n', lines.Select(line => line.Trim()));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ModalityGap.ML.sln")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException("The repository's root was not found above the tests.");
    }
}
