namespace Microsoft.ML.ModalityGap;

/// <summary>All readers, and the names of well-known data sets that come in one of several formats.</summary>
internal static class DataReaders
{
    internal static IReadOnlyList<IDataReader> All { get; } =
    [
        new KarpathyReader(),
        new CocoCaptionsReader(),
        new Flickr8kReader(),
        new Flickr8kExpertReader(),
        new Flickr8kCrowdFlowerReader(),
        new PreferencesReader(),
        new ImageFolderReader(),
        new CifarReader("cifar10"),
        new CifarReader("cifar100"),
        new MixBenchReader(),
        new WebDatasetReader(),
        new TableReader(),
    ];

    /// <summary>Per name the formats it comes in.</summary>
    private static readonly Dictionary<string, string[]> _aliases = new(StringComparer.OrdinalIgnoreCase)
    {
        ["flickr8k"] = ["karpathy", "flickr8k-token"],
        ["flickr30k"] = ["karpathy"],
        ["coco"] = ["karpathy", "coco-captions"],
        ["pascal50s"] = ["preferences"],
        ["imagenet"] = ["image-folder", "webdataset"],
        ["birdsnap"] = ["image-folder", "webdataset"],
    };

    /// <summary>The formats and the names that can be given.</summary>
    internal static IEnumerable<string> Names => All.Select(reader => reader.Format).Concat(_aliases.Keys);

    /// <exception cref="ArgumentException">The format is unknown.</exception>
    /// <exception cref="InvalidDataException">The path holds no such data set.</exception>
    internal static BenchmarkData Read(BenchmarkSource source)
    {
        var name = source.Name ?? source.Format;
        if (!Directory.Exists(source.Path) && !File.Exists(source.Path))
            throw new DirectoryNotFoundException($"The data set '{name}' is to be at '{source.Path}', but there is neither a folder nor a file.");
        var reader = Find(source);
        var builder = new DataBuilder(name, reader.Format);
        reader.Read(source.Path, builder);
        return builder.Build();
    }

    private static IDataReader Find(BenchmarkSource source)
    {
        var formats = _aliases.GetValueOrDefault(source.Format) ?? [source.Format];
        var readers = formats.Select(format => All.FirstOrDefault(reader => string.Equals(reader.Format, format, StringComparison.OrdinalIgnoreCase))).OfType<IDataReader>().ToArray();
        if (readers.Length == 0)
            throw new ArgumentException($"There is no reader of data sets called '{source.Format}'. There is '{string.Join("', '", Names)}'.", nameof(source));
        return readers.FirstOrDefault(reader => reader.Recognises(source.Path))
            ?? throw new InvalidDataException($"'{source.Path}' is no data set of the kind '{source.Format}': {string.Join("; or ", readers.Select(reader => reader.Expects))} is expected.");
    }
}
