using System.Text.RegularExpressions;

namespace Microsoft.ML.ModalityGap.Tests.Packaging;

/// <summary>The pages of packages are shown where the repository is not: what they link to must be anywhere.</summary>
[TestClass]
public partial class PackagePagesTests
{
    [TestMethod]
    public void Pages_LinkToNothingBesideThem()
    {
        var pages = Directory.GetDirectories(Path.Combine(FindRepository(), "src")).Select(folder => Path.Combine(folder, "README.md")).Where(File.Exists).ToArray();
        Assert.IsGreaterThanOrEqualTo(3, pages.Length, "Each package has a page.");
        foreach (var page in pages)
        {
            var links = Link().Matches(File.ReadAllText(page)).Select(match => match.Groups[1].Value).Where(target => !target.StartsWith("https://", StringComparison.Ordinal) && !target.StartsWith('#'));
            Assert.IsEmpty(links.ToArray(), page);
        }
    }

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ModalityGap.ML.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        return folder.FullName;
    }

    [GeneratedRegex(@"\]\(([^)]+)\)")]
    private static partial Regex Link();
}
