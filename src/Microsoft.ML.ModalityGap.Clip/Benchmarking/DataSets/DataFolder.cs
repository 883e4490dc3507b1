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
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.Hidden | FileAttributes.System };
        foreach (var file in Directory.EnumerateFiles(path, "*", options).Where(ImageNames.IsImage).Order(StringComparer.Ordinal))
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

    /// <summary>The first file there is of some, in the folder or its subfolder <c>annotations</c>.</summary>
    internal static string? FindFile(string folder, params IEnumerable<string> patterns) => !Directory.Exists(folder)
        ? null
        : patterns.SelectMany(pattern => FindFiles(folder, pattern)).FirstOrDefault();

    /// <summary>All files of a pattern there, in order.</summary>
    internal static IEnumerable<string> FindFiles(string folder, string pattern) =>
        new[] { folder, System.IO.Path.Combine(folder, "annotations") }.Where(Directory.Exists)
            .SelectMany(place => Directory.EnumerateFiles(place, pattern, new EnumerationOptions { MatchCasing = MatchCasing.CaseInsensitive }).Order(StringComparer.Ordinal));
}
