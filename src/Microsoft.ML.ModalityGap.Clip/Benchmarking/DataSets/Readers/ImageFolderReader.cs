namespace Microsoft.ML.ModalityGap;

/// <summary>
/// A folder of images per class, as of ImageNet and Birdsnap; parts, where there are any, are folders above them. <c>classes.txt</c>, where it is there, names classes in words: a folder's name, a tab, and the words a line.
/// </summary>
internal sealed class ImageFolderReader : IDataReader
{
    private const string NamesFile = "classes.txt";
    private static readonly string[] _parts = ["train", "training", "val", "valid", "validation", "dev", "test"];

    public string Format => "image-folder";

    public string Expects => "a folder with a subfolder of images per class, perhaps below train, val and test";

    public bool Recognises(string path) => Directory.Exists(path)
        && Directory.EnumerateDirectories(path).SelectMany(folder => DataFolder.EnumerateFiles(folder, ImageNames.IsImage)).Any();

    public void Read(string path, DataBuilder builder)
    {
        var folder = new DataFolder(path);
        var images = folder.ImagePaths.Order(StringComparer.Ordinal).Select(image => (Path: image, Folders: image.Split('/')[..^1])).ToList();
        var hasParts = images.All(image => image.Folders is [var part, _, ..] && _parts.Contains(part, StringComparer.OrdinalIgnoreCase)) && images.Count > 0;
        var first = hasParts ? 1 : 0;
        foreach (var (image, _) in images.Where(image => image.Folders.Length <= first))
            builder.Note("image of no class", image);
        images.RemoveAll(image => image.Folders.Length <= first);

        string[] classes = [.. images.Select(image => image.Folders[first]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (classes.Length < 2)
            throw new InvalidDataException($"'{path}' holds images of {classes.Length} {(classes.Length == 1 ? "class" : "classes")}; a subfolder for each of two at least is expected.");
        builder.Classes = new DataClasses(ReadNames(path, classes, builder), DataTemplates.Find(path));
        var places = classes.Index().ToDictionary(entry => entry.Item, entry => entry.Index, StringComparer.Ordinal);
        foreach (var (image, folders) in images)
            builder.AddImage(image, hasParts ? DataParts.Parse(folders[0]) : DataParts.Test, folder.Find(image), places[folders[first]]);
    }

    private static string[] ReadNames(string path, string[] classes, DataBuilder builder)
    {
        var names = classes.ToDictionary(name => name, name => name.Replace('_', ' '), StringComparer.Ordinal);
        if (DataFolder.FindFile(path, NamesFile) is { } file)
        {
            foreach (var (line, number) in Utf8Lines.Read(file).Select((line, i) => (line, i + 1)).Where(entry => entry.line.Length > 0))
            {
                if (line.Split('\t', 2, StringSplitOptions.TrimEntries) is not [var folder, { Length: > 0 } words])
                    throw new InvalidDataException($"'{file}', line {number} is not a folder's name, a tab, and the class in words.");
                if (names.ContainsKey(folder))
                    names[folder] = words;
                else
                    builder.Note("named class without a folder", folder);
            }
        }

        return [.. classes.Select(name => names[name])];
    }
}
