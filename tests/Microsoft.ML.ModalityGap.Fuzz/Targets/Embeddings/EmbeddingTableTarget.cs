namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>A table of token embeddings in a .npy or in an ONNX model, measured.</summary>
internal sealed class EmbeddingTableTarget : FuzzTarget
{
    internal override string Name => "embedding-table";

    internal override IReadOnlyList<string> Covers => ["ModalityGapCatalog.EvaluateEmbeddingTable"];

    internal override IReadOnlyList<Type> Documented => [typeof(InvalidDataException), typeof(FileNotFoundException)];

    internal override InputShape Shape => OnnxShapes.Model;

    internal override IReadOnlyList<byte[]> CreateSeeds() => [TinyModel.VisionModel, TinyModel.TextModel];

    internal override void Read(FuzzInput input)
    {
        var metrics = Seeds.Context.ModalityGap().EvaluateEmbeddingTable(input.WriteFile("x.onnx"));
        if (!double.IsFinite(metrics.EffectiveRank))
            throw new FuzzFaultException("the effective rank is not finite");
    }
}
