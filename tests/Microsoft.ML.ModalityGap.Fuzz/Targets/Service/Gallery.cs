using SearchService;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>A small gallery of drawn scenes for the service.</summary>
internal static class Gallery
{
    internal static string Folder { get; } = Build();

    private static string Build()
    {
        var folder = Path.Combine(Seeds.Folder, "gallery");
        new GalleryBuilder(new MLContext(seed: 1), SourcePairs.DrawScenes(fitCount: 24, shownCount: 8)).Build(folder);
        return folder;
    }
}
