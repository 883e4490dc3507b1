using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Microsoft.ML.ModalityGap.Tests.Packaging;

/// <summary>What an assembly uses of ML.NET, and of PureHDF, that is not public, held against the list <c>Packaging/MLNetInternals.txt</c> of its tests.</summary>
internal static class MLNetInternals
{
    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly string[] _allowedAssemblies = ["Microsoft.ML.Core", "Microsoft.ML.Data", "PureHDF"];

    public static void Check(Assembly assembly)
    {
        var listed = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Packaging", "MLNetInternals.txt")).Where(line => line.Length > 0 && line[0] != '#').ToArray();
        var used = FindNonPublicReferences(assembly).Order(StringComparer.Ordinal).ToArray();
        Assert.AreEqual("", string.Join(", ", used.Except(listed)), "Used, but not listed in Packaging/MLNetInternals.txt");
        Assert.AreEqual("", string.Join(", ", listed.Except(used)), "Listed in Packaging/MLNetInternals.txt, but not used");
    }

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
