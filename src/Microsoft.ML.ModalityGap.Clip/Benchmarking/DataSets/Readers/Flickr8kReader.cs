namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Flickr8k as its authors gave it: <c>Flickr8k.token.txt</c> with <c>IMAGE.jpg#0</c>, a tab and a caption a line, <c>Flickr_8k.trainImages.txt</c> and the like where they are there, and the images anywhere below.
/// </summary>
internal sealed class Flickr8kReader : IDataReader
{
    public string Format => "flickr8k-token";

    public string Expects => "a folder with Flickr8k.token.txt and the images below it";

    public bool Recognises(string path) => DataFolder.FindFile(path, Flickr8kFiles.TokenPattern) is not null;

    public void Read(string path, DataBuilder builder)
    {
        var folder = new DataFolder(path);
        var parts = Flickr8kFiles.ReadParts(path);
        foreach (var (_, name, caption) in Flickr8kFiles.ReadCaptions(path, builder))
        {
            if (parts.Count > 0 && !parts.ContainsKey(name))
                builder.Note("image of no part", name);
            else if (builder.AddImage(name, parts.GetValueOrDefault(name, DataParts.Test), folder.Find(name)) is >= 0 and var image)
                builder.Captions.Add(new DataCaption(image, builder.AddText(caption)));
        }

        foreach (var name in parts.Keys.Where(name => !builder.HasImage(name)))
            builder.Note("image of a part without captions or file", name);
        folder.NoteUnused(builder);
    }
}
