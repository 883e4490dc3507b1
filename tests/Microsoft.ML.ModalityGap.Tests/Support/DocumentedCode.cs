namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>Holds the C# in a document against sources that are built with the solution: so it compiles.</summary>
internal static class DocumentedCode
{
    /// <summary>Fails unless every C# block of a document stands in one of the sources of a folder, but for indentation.</summary>
    /// <param name="document">The file in docs/.</param>
    /// <param name="folder">The folder below the repository's root.</param>
    /// <param name="minimumBlocks">How many blocks there are at least.</param>
    public static void Check(string document, string folder, int minimumBlocks)
    {
        var root = FindRoot();
        var sources = Directory.GetFiles(Path.Combine(root, folder), "*.cs").Select(file => Normalize(File.ReadLines(file))).ToArray();
        var blocks = ReadBlocks(Path.Combine(root, "docs", document));
        Assert.IsGreaterThanOrEqualTo(minimumBlocks, blocks.Count);
        foreach (var block in blocks)
            Assert.IsTrue(sources.Any(source => source.Contains(Normalize(block), StringComparison.Ordinal)), $"docs/{document} shows what {folder} does not hold:\n{string.Join('\n', block)}");
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
