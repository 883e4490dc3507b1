using System.Text.Json;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Karpathy's split of Flickr8k, Flickr30k and COCO: a JSON file <c>dataset_*.json</c> with the images' file names, parts and sentences, and the images anywhere below the folder. Of COCO <c>filepath</c> names
/// the images' folder.
/// </summary>
internal sealed class KarpathyReader : IDataReader
{
    private const string Pattern = "dataset*.json";

    public string Format => "karpathy";

    public string Expects => $"a folder with a file {Pattern} and the images below it";

    public bool Recognises(string path) => DataFolder.FindFile(path, Pattern) is not null;

    public void Read(string path, DataBuilder builder)
    {
        var file = DataFolder.FindFile(path, Pattern)!;
        var folder = new DataFolder(path);
        using var document = JsonFile.Parse(file);
        var images = DataJson.GetArray(document.RootElement, "images", file);
        foreach (var (entry, i) in images.Select((entry, i) => (entry, i)))
        {
            var where = $"'{file}', images[{i}]";
            var name = DataJson.GetText(entry, "filename", where);
            var id = entry.TryGetProperty("filepath", out var place) && place.ValueKind == JsonValueKind.String ? $"{place.GetString()}/{name}" : name;
            if (builder.HasImage(id))
            {
                builder.Note("duplicate image", id);
                continue;
            }

            var image = builder.AddImage(id, DataParts.Parse(DataJson.FindText(entry, "split") ?? ""), folder.Find(id));
            if (image < 0)
                continue;
            foreach (var (sentence, j) in DataJson.GetArray(entry, "sentences", where).Select((sentence, j) => (sentence, j)))
                builder.Captions.Add(new DataCaption(image, builder.AddText(DataJson.GetText(sentence, "raw", $"{where}.sentences[{j}]").Trim())));
        }

        folder.NoteUnused(builder);
    }
}
