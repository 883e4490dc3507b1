namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>.png, with and without EXIF.</summary>
internal sealed class PngTarget : ImageTarget
{
    internal override string Name => "png";

    internal override InputShape Shape { get; } = new PngShape();

    internal override IReadOnlyList<byte[]> CreateSeeds()
    {
        var png = CreatePng(9, 7, 1);

        // Behind the signature and IHDR.
        return [png, CreatePng(1, 1, 2), [.. png.AsSpan(0, 33), .. PngShape.Write("eXIf", CreateExif(6)), .. png.AsSpan(33)]];
    }
}
