using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>People's marks for captions of Flickr8k: lines of an image, a caption's id, and numbers, parted by tabs.</summary>
internal abstract class Flickr8kRatings : IDataReader
{
    public abstract string Format { get; }

    public string Expects => $"a folder with {FileName}, Flickr8k.token.txt and the images below it";

    private protected abstract string FileName { get; }

    public bool Recognises(string path) => DataFolder.FindFile(path, FileName) is not null && DataFolder.FindFile(path, Flickr8kFiles.TokenPattern) is not null;

    public void Read(string path, DataBuilder builder)
    {
        var file = DataFolder.FindFile(path, FileName)!;
        var folder = new DataFolder(path);
        var captions = Flickr8kFiles.ReadCaptions(path, builder).ToDictionary(entry => entry.Id, entry => (entry.Image, entry.Caption), StringComparer.Ordinal);
        foreach (var (line, number) in Utf8Lines.Read(file).Select((line, i) => (line, i + 1)).Where(entry => entry.line.Length > 0))
        {
            var fields = line.Split('\t', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            float[] numbers = new float[Math.Max(0, fields.Length - 2)];
            for (var i = 0; i < numbers.Length; i++)
            {
                if (!float.TryParse(fields[i + 2], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]) || !float.IsFinite(numbers[i]))
                    throw new InvalidDataException($"'{file}', line {number}: '{fields[i + 2]}' is no number.");
            }

            if (GetMarks(numbers) is not { } marks)
                throw new InvalidDataException($"'{file}', line {number} is not an image, a caption's id and the numbers of {Format}, parted by tabs.");
            if (!captions.TryGetValue(fields[1], out var caption))
                builder.Note("rating of an unknown caption", fields[1]);

            // An image's own captions were written for it and are no candidates: CLIPScore's authors leave them out.
            else if (caption.Image == fields[0])
                builder.Note("rating of an image's own caption (left out, as CLIPScore does)", fields[1]);
            else if (builder.AddImage(fields[0], DataParts.Test, folder.Find(fields[0])) is >= 0 and var image)
                builder.Ratings.Add(new DataRating(image, builder.AddText(caption.Caption), marks));
        }

        folder.NoteUnused(builder);
    }

    /// <summary>The marks among a line's numbers; <see langword="null"/> where they are not as expected.</summary>
    private protected abstract float[]? GetMarks(float[] numbers);
}
