using System.Text.Json;
using Microsoft.CodeAnalysis;

namespace NotebookRunner;

/// <summary>
/// Resolves a notebook's <c>#r</c> lines to what this program was built with: packages by name, with all they depend on, and the assemblies of this repository. So
/// notebooks run against the code beside them, offline, and a notebook that names another version than the repository uses is found out.
/// </summary>
public sealed class PackageReferences
{
    private readonly JsonElement _target;

    /// <summary>The assemblies of .NET itself, which every cell sees.</summary>
    public static IReadOnlyList<MetadataReference> Framework { get; } =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetDirectoryName(path) == Path.GetDirectoryName(typeof(object).Assembly.Location))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    /// <summary>Reads what was built from the list that the build leaves beside the program.</summary>
    public PackageReferences()
    {
        var path = Path.Combine(AppContext.BaseDirectory, $"{typeof(PackageReferences).Assembly.GetName().Name}.deps.json");
        _target = JsonDocument.Parse(File.ReadAllText(path)).RootElement.GetProperty("targets").EnumerateObject().First().Value;
    }

    /// <summary>Finds what a cell refers to.</summary>
    /// <returns>The assemblies, those that packages depend on included.</returns>
    /// <exception cref="InvalidDataException">A package or assembly is not among what this program was built with.</exception>
    public IReadOnlyList<string> Resolve(NotebookReferences references)
    {
        ArgumentNullException.ThrowIfNull(references);
        return
        [
            .. references.Packages.SelectMany(package => FindPackage(package.Name, package.Version))
                .Concat(references.Assemblies.Select(path => FindAssembly(Path.GetFileName(path)))).Distinct(StringComparer.Ordinal),
        ];
    }

    private IEnumerable<string> FindPackage(string name, string version)
    {
        if (Find(name) is not { } library)
            throw new InvalidDataException($"The notebook names the package '{name}', which the runner was not built with. Add it to NotebookRunner.csproj.");
        if (version.Length > 0 && library.Name.Split('/')[1] is var built && built != version)
            throw new InvalidDataException($"The notebook names version {version} of the package '{name}', but the repository uses {built}.");

        var known = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var pending = new Stack<string>([name]);
        while (pending.TryPop(out var next))
        {
            if (!known.Add(next) || Find(next) is not { } found)
                continue;
            if (found.Value.TryGetProperty("runtime", out var runtime))
            {
                foreach (var file in runtime.EnumerateObject())
                    yield return FindAssembly(Path.GetFileName(file.Name));
            }

            if (found.Value.TryGetProperty("dependencies", out var dependencies))
            {
                foreach (var dependency in dependencies.EnumerateObject())
                    pending.Push(dependency.Name);
            }
        }
    }

    private JsonProperty? Find(string name)
    {
        foreach (var library in _target.EnumerateObject())
        {
            if (library.Name.StartsWith(name + "/", StringComparison.OrdinalIgnoreCase))
                return library;
        }

        return null;
    }

    private static string FindAssembly(string file)
    {
        var path = Path.Combine(AppContext.BaseDirectory, file);
        return File.Exists(path) ? path : throw new InvalidDataException($"The notebook refers to '{file}', which is not beside the runner. Reference it in NotebookRunner.csproj.");
    }
}
