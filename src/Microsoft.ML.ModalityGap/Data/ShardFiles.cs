namespace Microsoft.ML.ModalityGap;

/// <summary>Finds the files of shards, in natural order: <c>emb_2.npy</c> before <c>emb_10.npy</c>.</summary>
internal static class ShardFiles
{
    /// <summary>Whether a path names files by a pattern.</summary>
    internal static bool IsPattern(string path) => Path.GetFileName(path).AsSpan().IndexOfAny('*', '?') >= 0;

    /// <summary>The files of a folder that are of a known format.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="findFormat">A file's format; <see langword="null"/> where it is none of embeddings.</param>
    /// <param name="extensions">For messages: those of known formats.</param>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="InvalidDataException">They are of several formats.</exception>
    internal static string[] ListFolder(string folder, Func<string, object?> findFormat, IEnumerable<string> extensions)
    {
        string[] files = [.. Directory.EnumerateFiles(folder).Where(file => findFormat(file) is not null)];
        if (files.Length == 0)
            throw CreateMissing(folder, extensions);
        if (files.GroupBy(findFormat).Skip(1).Any())
            throw new InvalidDataException($"The folder '{folder}' holds files of several kinds ({string.Join(", ", files.Select(Path.GetExtension).Distinct().Order(StringComparer.Ordinal))}). Name those of one, as with '{Path.Combine(folder, "*" + extensions.First())}' (in quotes).");
        return Sort(files);
    }

    /// <summary>Says that a folder holds no file that can be read.</summary>
    internal static FileNotFoundException CreateMissing(string folder, IEnumerable<string> extensions) =>
        new($"The folder '{folder}' holds no file of embeddings ({string.Join(", ", extensions)}).", folder);

    /// <summary>The files whose names match a pattern.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    internal static string[] ListPattern(string path)
    {
        var folder = Path.GetDirectoryName(path) is { Length: > 0 } named ? named : ".";
        string[] files = Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, Path.GetFileName(path)).Where(file => !file.EndsWith(".fingerprint", StringComparison.Ordinal))] : [];
        return files.Length > 0 ? Sort(folder == "." ? Array.ConvertAll(files, file => Path.GetFileName(file)) : files) : throw new FileNotFoundException($"No file matches '{path}'.", path);
    }

    private static string[] Sort(string[] files)
    {
        Array.Sort(files, NaturalOrder.Compare);
        return files;
    }
}
