namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>The fingerprint beside a .npy.</summary>
internal sealed class SidecarTarget : StoredTarget
{
    private static readonly byte[] _npy = FramedShape.CreateNpy("<f4", "6, 5", Seeds.ToBytes(Seeds.Rows(6, 5, 1)));

    internal override string Name => "npy-fingerprint";

    internal override IReadOnlyList<byte[]> CreateSeeds()
    {
        var mapped = Seeds.Context.Transforms.CenterModalities(nameof(Seeds.Pair.Image)).Fit(Seeds.Pairs).Transform(Seeds.Pairs);
        return
        [
            Seeds.SaveFile("x.npy", path =>
            {
                Seeds.Context.ModalityGap().SaveAsNpy(mapped, path, nameof(Seeds.Pair.Image));
                File.Move(path + ".fingerprint", path, overwrite: true);
            }),
        ];
    }

    internal override void Read(FuzzInput input)
    {
        var npy = input.Reserve("x.npy");
        File.WriteAllBytes(npy, _npy);
        File.WriteAllBytes(input.Reserve("x.npy.fingerprint"), input.Bytes);
        Seeds.ReadAll(Seeds.Context.ModalityGap().LoadFromNpy((nameof(Seeds.Pair.Image), npy)));
    }
}
