using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using Microsoft.ML.ModalityGap;

namespace Architecture.Tests;

/// <summary>Holds the arrows between the folders of each package against docs/design.md: they point down only. Read from what was compiled, without exceptions.</summary>
[TestClass]
public class LayerTests
{
    private static readonly System.Reflection.Assembly[] _packages =
        [typeof(EmbeddingMap).Assembly, typeof(EncodeWithOnnxTransformer).Assembly, typeof(EmbeddingVectorStore).Assembly, typeof(ApproximateIndex).Assembly, typeof(Microsoft.ML.TableFilesCatalog).Assembly, typeof(ModalityGapCluster).Assembly];

    public static IEnumerable<object[]> Packages => _packages.Select(package => new object[] { package.GetName().Name! });

    [TestMethod]
    [DynamicData(nameof(Packages))]
    public void Folders_KnowLowerLayersOnly(string package)
    {
        var levels = Layering.Read(package);
        var assembly = _packages.Single(candidate => candidate.GetName().Name == package);
        var folders = SourceFolders.Read(assembly.Location);
        Assert.IsGreaterThan(10, folders.Count, $"The symbols of {package} name too few types.");
        Assert.AreEqual("", string.Join(", ", folders.Values.Except(levels.Keys).Order()), $"Folders of {package} that stand in no layer of docs/design.md");
        Assert.AreEqual("", string.Join(", ", levels.Keys.Except(folders.Values).Order()), $"Folders in docs/design.md that {package} does not have");

        var wrong = FindArrows(assembly, folders)
            .Where(arrow => levels[arrow.FromFolder] <= levels[arrow.ToFolder])
            .Select(arrow => $"{arrow.FromFolder}/{arrow.From} knows {arrow.ToFolder}/{arrow.To}")
            .Distinct().Order(StringComparer.Ordinal).ToArray();
        Assert.AreEqual("", string.Join("\n", wrong), "Arrows that do not point down");
    }

    private static IEnumerable<(string From, string FromFolder, string To, string ToFolder)> FindArrows(System.Reflection.Assembly assembly, Dictionary<string, string> folders)
    {
        var architecture = new ArchLoader().LoadAssembly(assembly).Build();
        var count = 0;
        foreach (var type in architecture.Types)
        {
            if (!folders.TryGetValue(TopLevel(type), out var fromFolder))
                continue;
            foreach (var dependency in type.Dependencies)
            {
                count++;
                if (folders.TryGetValue(TopLevel(dependency.Target), out var toFolder) && toFolder != fromFolder)
                    yield return (TopLevel(type), fromFolder, TopLevel(dependency.Target), toFolder);
            }
        }

        Assert.IsGreaterThan(200, count, "The loader found hardly any dependencies.");
    }

    private static string TopLevel(IType type) => type.FullName.Split('+', '/', '<')[0];
}
