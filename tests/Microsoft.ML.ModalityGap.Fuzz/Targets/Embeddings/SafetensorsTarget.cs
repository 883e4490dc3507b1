namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>.safetensors.</summary>
internal sealed class SafetensorsTarget : FileTarget
{
    internal override string Name => "safetensors";

    protected override string Extension => ".safetensors";

    internal override InputShape Shape => FramedShape.Safetensors;

    internal override IReadOnlyList<byte[]> CreateSeeds() =>
    [
        FramedShape.CreateSafetensors("""{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[6,4],"data_offsets":[0,96]}}""", Seeds.ToBytes(Seeds.Rows(6, 4, 1))),
        FramedShape.CreateSafetensors("""{"a":{"dtype":"BF16","shape":[6,4],"data_offsets":[0,48]}}""", new byte[48]),
        FramedShape.CreateSafetensors("""{"a":{"dtype":"F16","shape":[6,4],"data_offsets":[0,48]},"scale":{"dtype":"F32","shape":[],"data_offsets":[48,52]}}""", new byte[52]),
    ];
}
