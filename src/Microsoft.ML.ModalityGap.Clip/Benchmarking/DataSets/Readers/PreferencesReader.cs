using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Pairs of captions of which people prefer one, as of Pascal-50S: <c>preferences.tsv</c> with the columns image, first, second, preference (its sign is that of the votes for the first less those for the second)
/// and perhaps category, such as HC, HI, HM and MM.
/// </summary>
internal sealed class PreferencesReader : IDataReader
{
    private const string FileName = "preferences.tsv";

    public string Format => "preferences";

    public string Expects => $"a folder with {FileName} (image, first, second, preference, and perhaps category; parted by tabs) and the images below it";

    public bool Recognises(string path) => DataFolder.FindFile(path, FileName) is not null;

    public void Read(string path, DataBuilder builder)
    {
        var folder = new DataFolder(path);
        foreach (var (get, where) in TabTable.Open(DataFolder.FindFile(path, FileName)!, "image", "first", "second", "preference").ReadRows())
        {
            if (!float.TryParse(get("preference"), NumberStyles.Float, CultureInfo.InvariantCulture, out var preference) || !float.IsFinite(preference))
                throw new InvalidDataException($"{where}: the preference '{get("preference")}' is no number.");
            if (preference == 0)
                builder.Note("draw between two captions (left out)", where);
            else if (builder.AddImage(get("image")!, DataParts.Test, folder.Find(get("image")!)) is >= 0 and var image)
                builder.Preferences.Add(new DataPreference(image, builder.AddText(get("first")!), builder.AddText(get("second")!), preference, get("category")));
        }

        folder.NoteUnused(builder);
    }
}
