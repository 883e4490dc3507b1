namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>.npy of every kind of number, in either order.</summary>
internal sealed class NpyTarget : FileTarget
{
    internal override string Name => "npy";

    internal override IReadOnlyList<string> Covers => ["ModalityGapCatalog.LoadFromFiles", "ModalityGapCatalog.LoadFromNpy"];

    protected override string Extension => ".npy";

    internal override InputShape Shape => FramedShape.Npy;

    internal override IReadOnlyList<byte[]> CreateSeeds() =>
    [
        FramedShape.CreateNpy("<f4", "6, 4", Seeds.ToBytes(Seeds.Rows(6, 4, 1))),
        FramedShape.CreateNpy("<f4", "6, 4", Seeds.ToBytes(Seeds.Rows(6, 4, 1)), fortran: true),
        FramedShape.CreateNpy("<f2", "6, 4", Seeds.ToBytes(Array.ConvertAll(Seeds.Rows(6, 4, 1), value => (Half)value))),
        FramedShape.CreateNpy("<f8", "6, 4", Seeds.ToBytes(Array.ConvertAll(Seeds.Rows(6, 4, 1), value => (double)value))),
        FramedShape.CreateNpy("<i4", "6, 4", new byte[6 * 4 * 4]),
        FramedShape.CreateNpy("|u1", "6, 4", new byte[6 * 4]),
        FramedShape.CreateNpy(">f4", "6, 4", new byte[6 * 4 * 4]),
        Seeds.SaveFile("x.npy", path => Seeds.Context.ModalityGap().SaveAsNpy(Seeds.Pairs, path, nameof(Seeds.Pair.Image))),
    ];
}
