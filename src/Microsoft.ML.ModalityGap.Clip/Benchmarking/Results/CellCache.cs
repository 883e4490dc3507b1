using System.Reflection;

namespace Microsoft.ML.ModalityGap;

/// <summary>Measurements that were made already, by all that decides on them: embeddings, what is fitted on, method, tasks and this library's version.</summary>
internal sealed class CellCache(string folder)
{
    // Far above what tasks measure of a cell.
    private const long MaximumLength = 1 << 26;

    private static readonly string _version = typeof(CellCache).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion + "|" + typeof(CellCache).Assembly.ManifestModule.ModuleVersionId
        + "|" + typeof(EmbeddingMap).Assembly.ManifestModule.ModuleVersionId;

    internal static string GetKey(params IEnumerable<string> parts) => EmbeddingCache.GetKey(_version, parts);

    internal MeasuredCell? Find(string key) => File.Exists(GetPath(key)) ? BenchmarkJson.ReadCell(InputFile.ReadAllBytes(GetPath(key), MaximumLength)) : null;

    internal void Store(string key, MeasuredCell cell)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(GetPath(key))!);
        AtomicFile.Write(GetPath(key), stream => stream.Write(BenchmarkJson.Write(cell)));
    }

    private string GetPath(string key) => Path.Combine(folder, key[..2], key + ".measurements");
}
