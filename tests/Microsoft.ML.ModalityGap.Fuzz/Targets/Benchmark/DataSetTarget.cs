namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>A file of a data set, beside the others that belong to it; read, limited, given sentences, and its images fetched.</summary>
/// <param name="format">The kind of data set.</param>
/// <param name="file">Which of its files is attacked.</param>
/// <param name="shape">What that is made of.</param>
/// <param name="files">What a right data set has, by paths from its folder.</param>
internal sealed class DataSetTarget(string format, string file, InputShape shape, params (string Path, byte[] Content)[] files) : FuzzTarget
{
    private readonly Lazy<string> _folder = new(() =>
    {
        var folder = Path.Combine(Seeds.Folder, $"data-{format}-{file}");
        foreach (var (path, content) in files)
        {
            var full = Path.Combine(folder, path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllBytes(full, content);
        }

        return folder;
    });

    internal override string Name => $"data-{format}-{file}";

    internal override IReadOnlyList<string> Covers => ["BenchmarkSource.Path"];

    internal override double Share => 0.5;

    internal override InputShape Shape => shape;

    internal override IReadOnlyList<byte[]> CreateSeeds() => [files.Single(entry => entry.Path == file).Content];

    internal override void Read(FuzzInput input)
    {
        var data = DataReaders.Read(new BenchmarkSource(format, input.WriteFolder(_folder.Value, file))).WithPrompts(new PromptTemplates(["a photo of {}."])).Limit(2);
        foreach (var image in data.Images)
            _ = (image.Content.Read().Length, image.Content.Stamp);
        foreach (var rating in data.Ratings)
            Seeds.ExpectFinite([.. rating.Marks], "a rating");
    }
}
