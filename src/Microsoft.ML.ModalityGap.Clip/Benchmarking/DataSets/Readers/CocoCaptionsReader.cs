namespace Microsoft.ML.ModalityGap;

/// <summary>COCO's own caption files: <c>captions_PARTYEAR.json</c>, each with images by id and sentences by the image's id, and the images anywhere below the folder.</summary>
internal sealed class CocoCaptionsReader : IDataReader
{
    private const string Pattern = "captions_*.json";

    public string Format => "coco-captions";

    public string Expects => $"a folder with files {Pattern}, as in annotations/, and the images below it";

    public bool Recognises(string path) => DataFolder.FindFile(path, Pattern) is not null;

    public void Read(string path, DataBuilder builder)
    {
        var folder = new DataFolder(path);
        foreach (var file in DataFolder.FindFiles(path, Pattern))
        {
            // captions_train2017, captions_val2014: the part, then the year.
            var part = DataParts.Parse(Path.GetFileNameWithoutExtension(file)["captions_".Length..].TrimEnd("0123456789".ToCharArray()));
            using var document = JsonFile.Parse(file);
            var images = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (var (entry, i) in DataJson.GetArray(document.RootElement, "images", $"'{file}'").Select((entry, i) => (entry, i)))
            {
                var where = $"'{file}', images[{i}]";
                var (id, name) = (DataJson.GetText(entry, "id", where), DataJson.GetText(entry, "file_name", where));
                if (builder.HasImage(name) || !images.TryAdd(id, builder.AddImage(name, part, folder.Find(name))))
                    builder.Note("duplicate image", name);
            }

            foreach (var (entry, i) in DataJson.GetArray(document.RootElement, "annotations", $"'{file}'").Select((entry, i) => (entry, i)))
            {
                var where = $"'{file}', annotations[{i}]";
                var id = DataJson.GetText(entry, "image_id", where);
                if (!images.TryGetValue(id, out var image))
                    builder.Note("caption of an unknown image", id);
                else if (image >= 0)
                    builder.Captions.Add(new DataCaption(image, builder.AddText(DataJson.GetText(entry, "caption", where).Trim())));
            }
        }

        folder.NoteUnused(builder);
    }
}
