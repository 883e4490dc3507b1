namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>ONNX models, in which a graph's node has an attribute that is a graph, and a type is a sequence of types.</summary>
internal static class OnnxShapes
{
    internal static ProtobufShape Model { get; } = new([1, 5, 6], [7, 1, 5, 6], [1, 5, 11], [2, 4, 1], [2]);
}
