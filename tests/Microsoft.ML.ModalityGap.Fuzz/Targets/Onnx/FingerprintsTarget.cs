namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>The fingerprints in an ONNX model.</summary>
internal sealed class FingerprintsTarget : FuzzTarget
{
    internal override string Name => "onnx-fingerprints";

    internal override IReadOnlyList<string> Covers => ["ModalityGapCatalog.ReadOnnxFingerprints"];

    internal override double Share => 2;

    internal override InputShape Shape => OnnxShapes.Model;

    internal override IReadOnlyList<byte[]> CreateSeeds() => [TinyModel.VisionModel, TinyModel.TextModel];

    internal override void Read(FuzzInput input) => _ = Seeds.Context.ModalityGap().ReadOnnxFingerprints(input.WriteFile("x.onnx")).Count;
}
