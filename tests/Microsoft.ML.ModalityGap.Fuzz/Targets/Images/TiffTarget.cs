namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>The TIFF structure of EXIF, in a picture that is otherwise right; so each input gets as far as to it.</summary>
internal sealed class TiffTarget : ImageTarget
{
    private readonly byte[] _png = CreatePng(9, 7, 1);

    internal override string Name => "exif";

    internal override InputShape Shape => ByteShape.Any;

    internal override IReadOnlyList<byte[]> CreateSeeds() =>
    [
        CreateExif(6),
        [(byte)'I', (byte)'I', 42, 0, 8, 0, 0, 0, 2, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, 5, 0, 0, 0, 0x1A, 0x01, 5, 0, 1, 0, 0, 0, 38, 0, 0, 0, 0, 0, 0, 0, 72, 0, 0, 0, 1, 0, 0, 0],
    ];

    internal override void Read(FuzzInput input) => base.Read(new FuzzInput([.. _png.AsSpan(0, 33), .. PngShape.Write("eXIf", input.Bytes), .. _png.AsSpan(33)], "", 0));
}
