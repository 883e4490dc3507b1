using SearchService;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>gallery.json of a gallery that is otherwise right.</summary>
internal sealed class GalleryTarget : FuzzTarget
{
    internal override string Name => "gallery.json";

    internal override double Share => 0.05;

    internal override InputShape Shape { get; } = new TextShape("Name", "LogitScale", "Classes", "Examples", "Items", "Kind", "Text", "Image", "image-0", "../../x.png");

    internal override IReadOnlyList<byte[]> CreateSeeds() => [File.ReadAllBytes(Path.Combine(Gallery.Folder, GalleryFile.Description))];

    internal override void Read(FuzzInput input)
    {
        using var gallery = LoadedGallery.Open(Seeds.Context, input.WriteFolder(Gallery.Folder, GalleryFile.Description));
        _ = gallery.FindImage("image-0");
    }
}
