using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Architecture.Tests;

/// <summary>Which folder of its project each type of a compiled assembly was written in, as its symbols say.</summary>
internal static class SourceFolders
{
    // What the C# compiler writes of types without a line of code: interfaces, enums.
    private static readonly Guid _typeDefinitionDocuments = new("932E74BC-DBA9-4478-8D46-0F32A7BAB3D3");

    /// <summary>Per top-level type's full name its folder: the first one below the project, or "" for the project's own.</summary>
    /// <param name="assemblyPath">The assembly; its .pdb lies beside it.</param>
    public static Dictionary<string, string> Read(string assemblyPath)
    {
        using var file = new PEReader(File.OpenRead(assemblyPath));
        using var symbols = MetadataReaderProvider.FromPortablePdbStream(File.OpenRead(Path.ChangeExtension(assemblyPath, ".pdb")));
        var (metadata, pdb) = (file.GetMetadataReader(), symbols.GetMetadataReader());
        var project = Path.GetFileNameWithoutExtension(assemblyPath);
        var result = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var handle in metadata.TypeDefinitions)
        {
            var type = metadata.GetTypeDefinition(handle);
            if (type.GetDeclaringType().IsNil && FindDocument(metadata, pdb, handle) is { } document && FindFolder(document, project) is { } folder)
                result[$"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}"] = folder;
        }

        return result;
    }

    private static string? FindDocument(MetadataReader metadata, MetadataReader pdb, TypeDefinitionHandle handle)
    {
        var type = metadata.GetTypeDefinition(handle);
        foreach (var method in type.GetMethods())
        {
            var information = pdb.GetMethodDebugInformation(method.ToDebugInformationHandle());
            if (!information.Document.IsNil)
                return GetName(pdb, information.Document);
            foreach (var point in information.GetSequencePoints())
                return GetName(pdb, point.Document);
        }

        foreach (var customHandle in pdb.GetCustomDebugInformation(handle))
        {
            var custom = pdb.GetCustomDebugInformation(customHandle);
            if (pdb.GetGuid(custom.Kind) == _typeDefinitionDocuments)
                return GetName(pdb, MetadataTokens.DocumentHandle(pdb.GetBlobReader(custom.Value).ReadCompressedInteger()));
        }

        // What holds nested types alone.
        return type.GetNestedTypes().Select(nested => FindDocument(metadata, pdb, nested)).FirstOrDefault(document => document is not null);
    }

    private static string GetName(MetadataReader pdb, DocumentHandle handle) => pdb.GetString(pdb.GetDocument(handle).Name).Replace('\\', '/');

    private static string? FindFolder(string document, string project)
    {
        var marker = $"/src/{project}/";
        var start = document.IndexOf(marker, StringComparison.Ordinal);
        if (start < 0)
            return null;
        var below = document[(start + marker.Length)..].Split('/');
        return below[0] == "obj" ? null : below.Length > 1 ? below[0] : "";
    }
}
