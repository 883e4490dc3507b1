namespace SearchService;

/// <summary>The gallery's gallery.json: what the indexes' ids stand for.</summary>
/// <param name="Name">What the gallery is called.</param>
/// <param name="LogitScale">What cosines are multiplied by for probabilities, fitted on the gallery's pairs.</param>
/// <param name="Classes">Classes to choose from where a request names none.</param>
/// <param name="Examples">Queries for the page to offer.</param>
/// <param name="Items">Images and texts, by id.</param>
internal sealed record GalleryFile(string Name, float LogitScale, IReadOnlyList<string> Classes, IReadOnlyList<string> Examples, IReadOnlyDictionary<string, GalleryItem> Items)
{
    /// <summary>Changes where a gallery's files do.</summary>
    public const int Version = 2;

    /// <summary>The names of a gallery's files.</summary>
    public const string Description = "gallery.json", TextModel = "text-model.zip", ImageModel = "image-model.zip", ClosedIndex = "closed.index", RawIndex = "raw.index", Images = "images";
}

/// <summary>A thing to be found.</summary>
/// <param name="Kind">The modality, image or text.</param>
/// <param name="Text">A text itself, or an image's caption.</param>
/// <param name="Image">An image's file in the gallery's folder of images; <see langword="null"/> for texts.</param>
internal sealed record GalleryItem(string Kind, string Text, string? Image);
