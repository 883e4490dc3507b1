using System.Globalization;
using System.IO.Enumeration;

namespace Microsoft.ML.ModalityGap;

/// <summary>A data set's folder: its image files by name, and which of them were asked for.</summary>
internal sealed class DataFolder
{
    private readonly Dictionary<string, string> _byPath = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string?> _byName = new(StringComparer.Ordinal);
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    internal DataFolder(string path)
    {
        Path = path;
        foreach (var file in EnumerateFiles(path, ImageNames.IsImage).Order(StringComparer.Ordinal))
        {
            _byPath[System.IO.Path.GetRelativePath(path, file).Replace(System.IO.Path.DirectorySeparatorChar, '/')] = file;

            // Files of the same name in several folders are told apart by their folders only.
            var name = System.IO.Path.GetFileName(file);
            _byName[name] = _byName.ContainsKey(name) ? null : file;
        }
    }

    internal string Path { get; }

    /// <summary>The image files, as paths from the folder with slashes between.</summary>
    internal IEnumerable<string> ImagePaths => _byPath.Keys;

    /// <summary>An image by its path from the folder, or by its name alone where only one is called so.</summary>
    internal ImageContent? Find(string name)
    {
        name = name.Replace('\\', '/');
        if (!_byPath.TryGetValue(name, out var file) && (!_byName.TryGetValue(System.IO.Path.GetFileName(name), out file) || file is null))
            return null;
        _used.Add(file);
        return ImageContent.OfFile(file);
    }

    /// <summary>Notes the image files that nothing asked for.</summary>
    internal void NoteUnused(DataBuilder builder)
    {
        foreach (var (path, file) in _byPath)
        {
            if (!_used.Contains(file))
                builder.Note("image file that no entry names", path);
        }
    }

    /// <summary>
    /// The files below a folder whose names are of a kind. Links are followed, as data sets are made of them (Hugging Face's cache is); but no folder is walked twice, so that links which lead back come to an end.
    /// </summary>
    internal static IEnumerable<string> EnumerateFiles(string path, Func<string, bool> isOfKind)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.Hidden | FileAttributes.System };
        var (seen, roots) = (new HashSet<string>(StringComparer.Ordinal), new Queue<string>([path]));
        while (roots.TryDequeue(out var root))
        {
            if (!seen.Add(Identify(root)))
                continue;
            var links = new List<string>();
            var files = new FileSystemEnumerable<string>(root, (ref FileSystemEntry entry) => entry.ToSpecifiedFullPath(), options)
            {
                ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory && isOfKind(entry.FileName.ToString()),
                ShouldRecursePredicate = (ref FileSystemEntry entry) =>
                {
                    var isLink = (entry.Attributes & FileAttributes.ReparsePoint) != 0;
                    if (isLink)
                        links.Add(entry.ToSpecifiedFullPath());
                    return !isLink && seen.Add(Identify(entry.ToSpecifiedFullPath()));
                },
            };
            foreach (var file in files)
                yield return file;

            // Behind the folders themselves, and in order, so that what is reached by both has the name it has without links.
            foreach (var link in links.Order(StringComparer.Ordinal))
                roots.Enqueue(link);
        }
    }

    /// <summary>Which folder it is; where the system does not tell, what its link leads to.</summary>
    private static string Identify(string folder) => UnixFile.FindIdentity(folder) is { } identity
        ? string.Create(CultureInfo.InvariantCulture, $"{identity.Device}:{identity.Inode}")
        : new DirectoryInfo(folder).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? System.IO.Path.GetFullPath(folder);

    /// <summary>The first file there is of some, in the folder or its subfolder <c>annotations</c>.</summary>
    internal static string? FindFile(string folder, params IEnumerable<string> patterns) => !Directory.Exists(folder)
        ? null
        : patterns.SelectMany(pattern => FindFiles(folder, pattern)).FirstOrDefault();

    /// <summary>All files of a pattern there, in order.</summary>
    internal static IEnumerable<string> FindFiles(string folder, string pattern) =>
        new[] { folder, System.IO.Path.Combine(folder, "annotations") }.Where(Directory.Exists)
            .SelectMany(place => Directory.EnumerateFiles(place, pattern, new EnumerationOptions { MatchCasing = MatchCasing.CaseInsensitive }).Order(StringComparer.Ordinal));
}
