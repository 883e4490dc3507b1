using System.Text.RegularExpressions;

namespace NotebookRunner;

/// <summary>What the <c>#r</c> lines of a cell refer to.</summary>
/// <param name="Code">The rest of the cell, its lines in their places.</param>
/// <param name="Packages">Packages by name and version; the version is empty where the line names none.</param>
/// <param name="Assemblies">Files of assemblies, relative to the notebook.</param>
public sealed partial record NotebookReferences(string Code, IReadOnlyList<(string Name, string Version)> Packages, IReadOnlyList<string> Assemblies)
{
    /// <summary>Takes the references out of a cell.</summary>
    public static NotebookReferences Parse(string code)
    {
        var packages = new List<(string, string)>();
        var assemblies = new List<string>();
        var rest = Line().Replace(code, match =>
        {
            if (match.Groups["package"] is { Success: true } package)
                packages.Add((package.Value.Trim(), match.Groups["version"].Value.Trim()));
            else if (match.Groups["path"] is { Success: true } path)
                assemblies.Add(path.Value);
            return "";
        });
        return new NotebookReferences(rest, packages, assemblies);
    }

    // #i names a source of packages, of which nothing is needed here.
    [GeneratedRegex("""^[ \t]*#(?:r[ \t]+"nuget:(?<package>[^",]+)(?:,(?<version>[^"]+))?"|r[ \t]+"(?<path>[^"]+\.dll)"|i[ \t]+"nuget:[^"]+")[ \t]*$""", RegexOptions.Multiline)]
    private static partial Regex Line();
}
