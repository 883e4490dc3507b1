namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>An ONNX encoder behind which a map is put.</summary>
internal sealed class BakeTarget : FuzzTarget
{
    private static readonly EmbeddingMap _map = new(Seeds.Dimension, new L2NormalizeStep(), new TranslateStep(Seeds.Rows(1, Seeds.Dimension, 1)), new L2NormalizeStep());

    internal override string Name => "onnx-bake";

    internal override IReadOnlyList<string> Covers => ["OnnxBakingCatalog.AppendToOnnx"];

    internal override double Share => 0.3;

    internal override IReadOnlyList<Type> Documented => [typeof(InvalidDataException), typeof(FileNotFoundException)];

    internal override InputShape Shape => OnnxShapes.Model;

    internal override IReadOnlyList<byte[]> CreateSeeds() => [TinyModel.VisionModel, TinyModel.TextModel];

    internal override void Read(FuzzInput input) => Seeds.Context.ModalityGap().AppendToOnnx(input.WriteFile("x.onnx"), _map, input.Reserve("baked.onnx"));
}
