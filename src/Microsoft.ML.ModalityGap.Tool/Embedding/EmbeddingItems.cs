using System.IO.Enumeration;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>What is to be embedded, in the order of the rows.</summary>
/// <param name="IsImages">Paths of images; otherwise texts.</param>
/// <param name="Origin">The folder or file they come from.</param>
/// <param name="Folder">What relative paths start from.</param>
/// <param name="Items">None of them has a line break in it.</param>
internal sealed record EmbeddingItems(bool IsImages, string Origin, string Folder, IReadOnlyList<string> Items)
{
    internal string Kind => IsImages ? "images" : "texts";

    /// <summary>Whether images are turned as their EXIF orientation says.</summary>
    internal bool AppliesExif { get; init; }

    /// <summary>How many files of a folder are no images by their names, by extension.</summary>
    internal IReadOnlyDictionary<string, int> PassedOver { get; init; } = new Dictionary<string, int>();

    /// <summary>What the rows are made of, in words; rows of another description cannot be gone on with.</summary>
    internal string Description => AppliesExif ? $"{Kind} turned by EXIF" : Kind;

    /// <summary>A folder's images, sorted by their paths in it, or those a text file lists.</summary>
    internal static EmbeddingItems ReadImages(string path, bool recursive)
    {
        if (Directory.Exists(path))
        {
            var (items, passedOver) = FindImages(path, recursive);
            return new EmbeddingItems(IsImages: true, path, path, items) { PassedOver = passedOver };
        }

        if (recursive)
            throw new UsageException($"--recursive goes with a folder of images, and '{path}' is none.");
        if (ImageNames.IsImage(path))
            throw new UsageException($"--images takes a folder, or a text file with the path of an image in each line, but '{path}' is called like an image.");
        return new EmbeddingItems(IsImages: true, path, Path.GetDirectoryName(Path.GetFullPath(path))!, TextLines.Read(path));
    }

    /// <summary>Texts of the command line.</summary>
    internal static EmbeddingItems FromTexts(IReadOnlyList<string> texts) => texts.FirstOrDefault(text => text.AsSpan().ContainsAny('\n', '\r')) is { } broken
        ? throw new UsageException($"--text '{broken}' has a line break in it, so it cannot stand in the list of what the rows are.")
        : new EmbeddingItems(IsImages: false, "--text", Directory.GetCurrentDirectory(), texts);

    /// <summary>Names in a folder that are not in UTF-8: they are read with U+FFFD in them, and no file is found under what was read.</summary>
    internal IEnumerable<string> FindUndecodableNames() =>
        IsImages ? Items.Where(item => item.Contains('\uFFFD', StringComparison.Ordinal) && !File.Exists(Path.Combine(Folder, item))) : [];

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

    private static (List<string> Items, IReadOnlyDictionary<string, int> PassedOver) FindImages(string folder, bool recursive)
    {
        // Hidden files are left out: what macOS leaves on foreign disks is called like the images, too. Links to folders are not followed: they can go round in circles.
        var options = new EnumerationOptions { RecurseSubdirectories = recursive, IgnoreInaccessible = false, AttributesToSkip = FileAttributes.Hidden | FileAttributes.System };
        var files = new FileSystemEnumerable<string>(folder, (ref FileSystemEntry entry) => entry.ToFullPath(), options)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory,
            ShouldRecursePredicate = (ref FileSystemEntry entry) => (entry.Attributes & FileAttributes.ReparsePoint) == 0,
        };
        var items = new List<string>();
        var passedOver = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            if (ImageNames.IsImage(file))
                items.Add(Path.GetRelativePath(folder, file).Replace(Path.DirectorySeparatorChar, '/'));
            else if (Path.GetExtension(file).ToLowerInvariant() is var extension)
                passedOver[extension] = passedOver.GetValueOrDefault(extension) + 1;
        }

        items.Sort(StringComparer.Ordinal);
        if (items.Count == 0)
        {
            var others = passedOver.Count == 0 ? "" : $" It holds {string.Join(", ", passedOver.Select(entry => $"{entry.Value} × {(entry.Key.Length == 0 ? "no extension" : entry.Key)}"))}.";
            throw new InvalidDataException(
                $"The folder '{folder}' holds no images ({string.Join(", ", ImageNames.Extensions)}).{others}{(recursive ? "" : " --recursive looks into its subfolders, too.")}");
        }

        return items.Find(item => item.AsSpan().ContainsAny('\n', '\r')) is { } broken
            ? throw new InvalidDataException($"The name of the image '{broken}' has a line break in it, so it cannot stand in a list. Rename the file.")
            : (items, passedOver);
    }
}
