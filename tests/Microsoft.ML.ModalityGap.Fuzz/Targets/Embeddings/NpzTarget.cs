using System.IO.Compression;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>.npz, stored and compressed.</summary>
internal sealed class NpzTarget : FileTarget
{
    internal override string Name => "npz";

    protected override string Extension => ".npz";

    internal override InputShape Shape { get; } = new ZipShape(_ => FramedShape.Npy);

    internal override IReadOnlyList<byte[]> CreateSeeds()
    {
        (string, byte[])[] entries = [("emb.npy", FramedShape.CreateNpy("<f4", "6, 4", Seeds.ToBytes(Seeds.Rows(6, 4, 1))))];
        return [ZipShape.Write(entries, CompressionLevel.NoCompression), ZipShape.Write(entries, CompressionLevel.Optimal)];
    }
}
