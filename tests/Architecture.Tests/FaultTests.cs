using System.Text.RegularExpressions;

namespace Architecture.Tests;

/// <summary>docs/security.md names the faults that the attack found, and for each the tests that hold it.</summary>
[TestClass]
public partial class FaultTests
{
    private static readonly string[] _sources = [.. Directory.EnumerateFiles(Path.Combine(Layering.Root, "tests"), "*.cs", SearchOption.AllDirectories)
        .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin")).Select(File.ReadAllText)];

    public static IEnumerable<object[]> Faults => ReadFaults();

    [TestMethod]
    [DynamicData(nameof(Faults))]
    public void Fault_HasItsTests(string fault, string tests)
    {
        var names = TestName().Matches(tests).Select(match => (Class: match.Groups[1].Value, Method: match.Groups[2].Value)).ToArray();
        Assert.IsNotEmpty(names, fault);
        foreach (var (type, method) in names)
            Assert.IsTrue(_sources.Any(source => HasTest(source, type, method)), $"«{fault}»: there is no test {type}.{method}.");
    }

    [TestMethod]
    public void Faults_AreThoseOfTheAttack() => Assert.IsGreaterThanOrEqualTo(25, ReadFaults().Count);

    private static bool HasTest(string source, string type, string method)
    {
        var declaration = Regex.Match(source, $@"\bpublic (static )?(async Task|void) {method}\(");
        return declaration.Success && Regex.IsMatch(source, $@"\bclass {type}\b") && source[source.LastIndexOf("\n\n", declaration.Index, StringComparison.Ordinal)..declaration.Index].Contains("[TestMethod]", StringComparison.Ordinal);
    }

    private static List<object[]> ReadFaults()
    {
        var lines = File.ReadAllLines(Path.Combine(Layering.Root, "docs", "security.md"));
        var start = Array.IndexOf(lines, "<!-- faults -->");
        Assert.IsGreaterThanOrEqualTo(0, start);
        return [.. lines.Skip(start + 1).SkipWhile(line => line.Length == 0).Skip(2).TakeWhile(line => line.StartsWith('|')).Select(line => line.Split('|')).Select(cells => new object[] { cells[1].Trim(), cells[2].Trim() })];
    }

    [GeneratedRegex(@"`(\w+)\.(\w+)`")]
    private static partial Regex TestName();
}
