namespace Microsoft.ML.ModalityGap;

/// <summary>
/// A table of one's own: a .tsv file whose heading names image (or filepath), and caption (or title), class or both, and perhaps part; a row a caption. Images are paths from the file's folder.
/// </summary>
internal sealed class TableReader : IDataReader
{
    public string Format => "tsv";

    public string Expects => "a .tsv file (image, caption or class, and perhaps part; parted by tabs), or a folder with one and the images below it";

    public bool Recognises(string path) => FindTable(path) is not null;

    public void Read(string path, DataBuilder builder)
    {
        var file = FindTable(path)!;
        var folder = new DataFolder(Path.GetDirectoryName(Path.GetFullPath(file))!);
        var table = TabTable.Open(file);
        var classes = new List<string>();
        foreach (var (get, where) in table.ReadRows())
        {
            var name = get("image") ?? get("filepath") ?? throw new InvalidDataException($"'{file}' has no column 'image'.");
            var (caption, label) = (get("caption") ?? get("title"), get("class"));
            if (caption is null && label is null)
                throw new InvalidDataException($"'{file}' has neither a column 'caption' nor a column 'class'.");
            var place = -1;
            if (!string.IsNullOrEmpty(label) && (place = classes.IndexOf(label)) < 0)
            {
                classes.Add(label);
                place = classes.Count - 1;
            }

            if (builder.HasImage(name) && string.IsNullOrEmpty(caption))
                builder.Note("duplicate image", $"{name} ({where})");
            var image = builder.AddImage(name, DataParts.Parse(get("part") ?? get("split") ?? ""), builder.HasImage(name) ? null : folder.Find(name), place);
            if (image >= 0 && !string.IsNullOrEmpty(caption))
                builder.Captions.Add(new DataCaption(image, builder.AddText(caption)));
        }

        if (classes.Count > 0)
            builder.Classes = new DataClasses(classes, DataTemplates.Find(folder.Path));
        folder.NoteUnused(builder);
    }

    private static string? FindTable(string path) => File.Exists(path)
        ? Path.GetExtension(path).Equals(".tsv", StringComparison.OrdinalIgnoreCase) ? path : null
        : DataFolder.FindFile(path, "*.tsv");
}
