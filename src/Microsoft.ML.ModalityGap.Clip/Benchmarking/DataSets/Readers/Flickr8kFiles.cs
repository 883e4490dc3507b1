namespace Microsoft.ML.ModalityGap;

/// <summary>The text files of Flickr8k, which its ratings refer to.</summary>
internal static class Flickr8kFiles
{
    internal const string TokenPattern = "Flickr8k*.token.txt";

    /// <summary>The captions by their ids, <c>IMAGE.jpg#0</c> to <c>#4</c>, in the order of the file.</summary>
    /// <exception cref="InvalidDataException">A line is not of the format.</exception>
    internal static IReadOnlyList<(string Id, string Image, string Caption)> ReadCaptions(string folder, DataBuilder builder)
    {
        var path = DataFolder.FindFile(folder, "Flickr8k.token.txt", TokenPattern) ?? throw new InvalidDataException($"'{folder}' has no file Flickr8k.token.txt, which holds the captions.");
        var captions = new List<(string, string, string)>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (line, number) in Utf8Lines.Read(path).Select((line, i) => (line, i + 1)).Where(entry => entry.line.Length > 0))
        {
            if (line.Split('\t', 2) is not [var id, var caption] || id.LastIndexOf('#') is not (> 0 and var mark))
                throw new InvalidDataException($"'{path}', line {number} is not IMAGE#NUMBER, a tab, and a caption.");
            if (seen.Add(id))
                captions.Add((id, id[..mark], caption.Trim()));
            else
                builder.Note("duplicate caption", id);
        }

        return captions;
    }

    /// <summary>The part of each image, where the files with the split are there.</summary>
    internal static Dictionary<string, string> ReadParts(string folder)
    {
        var parts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (pattern, part) in new[] { ("Flickr_8k.trainImages.txt", DataParts.Training), ("Flickr_8k.devImages.txt", DataParts.Validation), ("Flickr_8k.testImages.txt", DataParts.Test) })
        {
            foreach (var line in DataFolder.FindFile(folder, pattern) is { } path ? Utf8Lines.Read(path) : [])
                parts[line.Trim()] = part;
        }

        return parts;
    }
}
