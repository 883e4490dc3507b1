using System.Collections.Immutable;
using System.IO.Compression;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;

namespace Microsoft.ML.ModalityGap.PackageTests;

[TestClass]
public class PackageContentTests
{
    public static IEnumerable<object[]> Packages => LocalFeed.Packages.Select(package => new object[] { package });

    public static IEnumerable<object[]> Libraries => LocalFeed.Libraries.Select(package => new object[] { package });

    [TestMethod]
    [DynamicData(nameof(Packages))]
    public void Package_HasWhatAPageOnTheGalleryShows(string package)
    {
        using var archive = ZipFile.OpenRead(LocalFeed.Find(package));
        var metadata = ReadMetadata(archive);
        Assert.AreEqual(package, Get(metadata, "id"));
        Assert.AreEqual("MIT", Get(metadata, "license"));
        Assert.AreNotEqual("", Get(metadata, "description"));
        Assert.AreNotEqual("", Get(metadata, "tags"));
        Assert.IsGreaterThan(500, archive.GetEntry(Get(metadata, "readme"))!.Length);

        // PNG, 128 × 128.
        using var icon = archive.GetEntry(Get(metadata, "icon"))!.Open();
        var start = new byte[24];
        icon.ReadExactly(start);
        CollectionAssert.AreEqual(new byte[] { 0x89, (byte)'P', (byte)'N', (byte)'G' }, start[..4]);
        Assert.AreEqual(128, start[19]);
        Assert.AreEqual(128, start[23]);
    }

    [TestMethod]
    public void AnotherPrefix_NamesPackageAndTargetsAlike()
    {
        // NuGet imports build/ID.targets only. The core alone: ids of packages that others ask for come from a restore, which would change this clone's.
        using var folder = new WorkFolder();
        DotNet.Run(DotNet.RepositoryRoot, "pack", "src/Microsoft.ML.ModalityGap", "--no-build", "-c", DotNet.Configuration, "-p:PackageIdPrefix=Contoso.ModalityGap", "-o", folder.Path);
        using var archive = ZipFile.OpenRead(Directory.GetFiles(folder.Path, "Contoso.ModalityGap.*.nupkg").Single());
        Assert.AreEqual("Contoso.ModalityGap", Get(ReadMetadata(archive), "id"));
        foreach (var entry in new[] { "build/Contoso.ModalityGap.targets", "buildTransitive/Contoso.ModalityGap.targets", "lib/net10.0/Microsoft.ML.ModalityGap.dll" })
            Assert.IsNotNull(archive.GetEntry(entry), entry);
        Assert.IsFalse(archive.Entries.Any(entry => entry.Name == "Microsoft.ML.ModalityGap.targets"));
    }

    public static IEnumerable<object[]> PackagesWithCode => LocalFeed.Packages.Where(package => package != LocalFeed.Tool).Select(package => new object[] { package });

    [TestMethod]
    [DynamicData(nameof(PackagesWithCode))]
    public void Symbols_ArePackedBesideEachPackage(string package)
    {
        using var symbols = ZipFile.OpenRead(LocalFeed.Find(package, ".snupkg"));
        Assert.IsTrue(symbols.Entries.Any(entry => entry.Name == (IsTool(package) ? "modality-gap.pdb" : package + ".pdb")));
    }

    [TestMethod]
    [DynamicData(nameof(Libraries))]
    public void Library_IsDocumentedAndPinsMLNetToOneMajorVersion(string package)
    {
        using var archive = ZipFile.OpenRead(LocalFeed.Find(package));
        Assert.IsNotNull(archive.GetEntry($"lib/net10.0/{package}.xml"));
        var dependencies = ReadMetadata(archive).Descendants().Where(element => element.Name.LocalName == "dependency").ToDictionary(
            element => element.Attribute("id")!.Value, element => element.Attribute("version")!.Value, StringComparer.Ordinal);
        Assert.AreEqual("[6.0.0, 7.0.0)", dependencies["Microsoft.ML"]);
        foreach (var (id, version) in dependencies.Where(dependency => dependency.Key.StartsWith("Microsoft.ML.ModalityGap", StringComparison.Ordinal)))
            Assert.AreEqual($"[{Get(ReadMetadata(archive), "version")}]", version, $"{id}: packages of ours share internals, so they go together in one version.");
        Assert.DoesNotContain("Mono.Cecil", dependencies.Keys);
        Assert.DoesNotContain("Microsoft.ML.OnnxRuntime", dependencies.Keys, "Which native runtime it is, is the application's choice.");
    }

    [TestMethod]
    [DynamicData(nameof(Packages))]
    public void Package_HoldsNoPublicisedCopiesAndNoTestFiles(string package)
    {
        using var archive = ZipFile.OpenRead(LocalFeed.Find(package));
        if (!IsTool(package))
            CollectionAssert.AreEquivalent(new[] { $"lib/net10.0/{package}.dll", $"lib/net10.0/{package}.xml" }, archive.Entries.Select(entry => entry.FullName).Where(name => name.StartsWith("lib/", StringComparison.Ordinal)).ToArray());

        // Files of phones and debuggers made more than half of the tool.
        Assert.IsFalse(archive.Entries.Any(entry => entry.FullName.Contains("mlnet-internals", StringComparison.Ordinal)
            || entry.FullName.Contains("/android/", StringComparison.Ordinal) || entry.Name.EndsWith(".dbg", StringComparison.Ordinal) || entry.Name.EndsWith(".dwarf", StringComparison.Ordinal)));
    }

    /// <summary>Assemblies compiled ahead of time say so in a header of their own, which the runtime looks for; without one, all would run and be slow to start.</summary>
    [TestMethod]
    [DataRow("linux-x64", true)]
    [DataRow("any", false)]
    public void Tool_ForAMachine_IsCompiledAheadOfTime(string machine, bool isCompiled)
    {
        using var archive = ZipFile.OpenRead(LocalFeed.Find($"{LocalFeed.Tool}.{machine}"));
        foreach (var name in new[] { "modality-gap.dll", "Microsoft.ML.ModalityGap.dll", "Microsoft.ML.Data.dll", "System.CommandLine.dll" })
        {
            using var stream = archive.GetEntry($"tools/net10.0/{machine}/{name}")!.Open();
            using var image = new PEReader(ImmutableArray.Create(ReadAll(stream)));
            Assert.AreEqual(isCompiled, image.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size > 0, name);
        }
    }

    [TestMethod]
    public void Tool_ForLinux_HasNoLibraryOfAnotherSystem()
    {
        using var archive = ZipFile.OpenRead(LocalFeed.Find(LocalFeed.Tool + ".linux-x64"));
        Assert.AreEqual("", string.Join(", ", archive.Entries.Select(entry => entry.Name).Where(name => name is "onnxruntime.dll" || name.EndsWith(".dylib", StringComparison.Ordinal))));
        Assert.IsNotNull(archive.GetEntry("tools/net10.0/linux-x64/libonnxruntime.so"));
    }

    private static bool IsTool(string package) => package.StartsWith(LocalFeed.Tool, StringComparison.Ordinal);

    private static byte[] ReadAll(Stream stream)
    {
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    private static XElement ReadMetadata(ZipArchive archive)
    {
        using var stream = archive.Entries.Single(entry => entry.Name.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        return XDocument.Load(stream).Root!.Elements().First();
    }

    private static string Get(XElement metadata, string name) => metadata.Elements().First(element => element.Name.LocalName == name).Value;
}
