using System.IO.Enumeration;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>What is to be embedded, in the order of the rows.</summary>
/// <param name="IsImages">Paths of images; otherwise texts.</param>
/// <param name="Origin">The folder or file they come from.</param>
/// <param name="Folder">What relative paths start from.</param>
/// <param name="Items">None of them has a line break in it.</param>
internal sealed record EmbeddingItems(bool IsImages, string Origin, string Folder, IReadOnlyList<string> Items)
{
    private static readonly string[] _imageExtensions = [".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif"];

    internal string Kind => IsImages ? "images" : "texts";

    /// <summary>A folder's images, sorted by their paths in it, or those a text file lists.</summary>
    internal static EmbeddingItems ReadImages(string path, bool recursive)
    {
        if (Directory.Exists(path))
            return new EmbeddingItems(IsImages: true, path, path, FindImages(path, recursive));
        if (recursive)
            throw new UsageException($"--recursive goes with a folder of images, and '{path}' is none.");
        if (IsImage(path))
            throw new UsageException($"--images takes a folder, or a text file with the path of an image in each line, but '{path}' is called like an image.");
        return new EmbeddingItems(IsImages: true, path, Path.GetDirectoryName(Path.GetFullPath(path))!, TextLines.Read(path));
    }

    /// <summary>The lines of a text file, an empty one being an empty text.</summary>
    /// <param name="path">The file, in UTF-8.</param>
    /// <param name="column">Which of several columns separated by tabs, from 1; <see langword="null"/> for the whole line.</param>
    internal static EmbeddingItems ReadTexts(string path, int? column)
    {
        var lines = TextLines.Read(path);
        for (var i = 0; column is { } number && i < lines.Count; i++)
        {
            var cells = lines[i].Split('\t');
            lines[i] = cells.Length >= number
                ? cells[number - 1]
                : throw new InvalidDataException($"'{path}', line {i + 1} has {cells.Length} columns, so there is no --text-column {number}.");
        }

        return new EmbeddingItems(IsImages: false, path, Path.GetDirectoryName(Path.GetFullPath(path))!, lines);
    }

    private static List<string> FindImages(string folder, bool recursive)
    {
        // Hidden files are left out: what macOS leaves on foreign disks is called like the images, too. Links to folders are not followed: they can go round in circles.
        var options = new EnumerationOptions { RecurseSubdirectories = recursive, IgnoreInaccessible = false, AttributesToSkip = FileAttributes.Hidden | FileAttributes.System };
        var files = new FileSystemEnumerable<string>(folder, (ref FileSystemEntry entry) => entry.ToFullPath(), options)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory && IsImage(entry.FileName),
            ShouldRecursePredicate = (ref FileSystemEntry entry) => (entry.Attributes & FileAttributes.ReparsePoint) == 0,
        };
        var items = files.Select(file => Path.GetRelativePath(folder, file).Replace(Path.DirectorySeparatorChar, '/')).Order(StringComparer.Ordinal).ToList();
        if (items.Count == 0)
        {
            throw new InvalidDataException(
                $"The folder '{folder}' holds no images ({string.Join(", ", _imageExtensions)}).{(recursive ? "" : " --recursive looks into its subfolders, too.")}");
        }

        return items.Find(item => item.AsSpan().ContainsAny('\n', '\r')) is { } broken
            ? throw new InvalidDataException($"The name of the image '{broken}' has a line break in it, so it cannot stand in a list. Rename the file.")
            : items;
    }

    private static bool IsImage(ReadOnlySpan<char> path)
    {
        var extension = Path.GetExtension(path);
        foreach (var candidate in _imageExtensions)
        {
            if (extension.Equals(candidate, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }
}
