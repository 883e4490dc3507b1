using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Microsoft.ML.ModalityGap.Tests.Packaging;

/// <summary>
/// The library uses members of ML.NET that are not public. They are listed here, so that a version of ML.NET that changes them, or a change of ours that
/// leans on more of them, fails in this place and by name.
/// </summary>
[TestClass]
public class MLNetInternalsTests
{
    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly string[] _allowedAssemblies = ["Microsoft.ML.Core", "Microsoft.ML.Data"];

    [TestMethod]
    public void Library_NonPublicMembersOfMLNet_AreThoseListed()
    {
        var listed = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Packaging", "MLNetInternals.txt")).Where(line => line.Length > 0 && line[0] != '#').ToArray();
        var used = FindNonPublicReferences(typeof(EmbeddingMap).Assembly).Order(StringComparer.Ordinal).ToArray();
        Assert.AreEqual("", string.Join(", ", used.Except(listed)), "Used, but not listed in Packaging/MLNetInternals.txt");
        Assert.AreEqual("", string.Join(", ", listed.Except(used)), "Listed in Packaging/MLNetInternals.txt, but not used");
    }

    [TestMethod]
    public void Library_RunsOnTheVersionOfMLNet_ThatTheListIsOf() =>
        StringAssert.StartsWith(typeof(MLContext).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion, "6.0.0");

    private static HashSet<string> FindNonPublicReferences(Assembly assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly.Location));
        var metadata = file.GetMetadataReader();
        var result = new HashSet<string>(StringComparer.Ordinal);
        foreach (var handle in metadata.TypeReferences)
        {
            if (Resolve(metadata, handle) is { IsVisible: false } type && _allowedAssemblies.Contains(type.Assembly.GetName().Name))
                result.Add(type.FullName!);
        }

        foreach (var handle in metadata.MemberReferences)
        {
            var reference = metadata.GetMemberReference(handle);
            var parent = reference.Parent.Kind == HandleKind.TypeReference ? Resolve(metadata, (TypeReferenceHandle)reference.Parent) : null;
            if (parent is not { IsVisible: true } || !_allowedAssemblies.Contains(parent.Assembly.GetName().Name))
                continue;

            var name = metadata.GetString(reference.Name);
            var members = parent.GetMember(name, Any);
            Assert.AreNotEqual(0, members.Length, $"{parent.FullName}.{name} is gone.");
            if (members.All(member => member is MethodBase { IsPublic: false, IsFamily: false, IsFamilyOrAssembly: false } or FieldInfo { IsPublic: false, IsFamily: false, IsFamilyOrAssembly: false }))
                result.Add($"{parent.FullName}.{name}");
        }

        return result;
    }

    private static Type? Resolve(MetadataReader metadata, TypeReferenceHandle handle)
    {
        var reference = metadata.GetTypeReference(handle);
        var name = metadata.GetString(reference.Name);
        if (reference.ResolutionScope.Kind == HandleKind.TypeReference)
            return Resolve(metadata, (TypeReferenceHandle)reference.ResolutionScope)?.GetNestedType(name, BindingFlags.Public | BindingFlags.NonPublic);
        if (reference.ResolutionScope.Kind != HandleKind.AssemblyReference)
            return null;
        var assemblyName = metadata.GetString(metadata.GetAssemblyReference((AssemblyReferenceHandle)reference.ResolutionScope).Name);
        return _allowedAssemblies.Contains(assemblyName) ? Assembly.Load(assemblyName).GetType($"{metadata.GetString(reference.Namespace)}.{name}", throwOnError: true) : null;
    }
}
