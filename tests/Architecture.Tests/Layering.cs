using System.Reflection;

namespace Architecture.Tests;

/// <summary>The layers of a package as docs/design.md states them: a table whose rows go from the top to the ground.</summary>
internal static class Layering
{
    internal static string Root { get; } = typeof(Layering).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    /// <summary>Per folder its level, 0 at the ground. Folders of one row have the same.</summary>
    /// <param name="package">The package, as the comment before its table names it: <c>&lt;!-- layers of PACKAGE --&gt;</c>.</param>
    public static Dictionary<string, int> Read(string package)
    {
        var lines = File.ReadAllLines(Path.Combine(Root, "docs", "design.md"));
        var start = Array.IndexOf(lines, $"<!-- layers of {package} -->");
        Assert.IsGreaterThanOrEqualTo(0, start, $"docs/design.md has no table '<!-- layers of {package} -->'.");
        var rows = lines.Skip(start + 1).SkipWhile(line => line.Length == 0).Skip(2).TakeWhile(line => line.StartsWith('|')).ToArray();
        return rows.SelectMany((row, i) => row.Split('|')[1].Split('·').Select(name => (Name: name.Trim().Trim('`', '/'), Level: rows.Length - 1 - i)))
            .ToDictionary(entry => entry.Name == "(project)" ? "" : entry.Name, entry => entry.Level, StringComparer.Ordinal);
    }
}
