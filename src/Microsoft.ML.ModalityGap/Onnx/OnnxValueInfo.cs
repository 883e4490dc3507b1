namespace Microsoft.ML.ModalityGap;

/// <summary>What a model says of an input or output, read from its bytes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ElementType">The type of its numbers; 0 where it is no tensor.</param>
/// <param name="Shape">Its shape; <see langword="null"/> where unknown.</param>
internal sealed record OnnxValueInfo(string Name, int ElementType, IReadOnlyList<OnnxDimension>? Shape)
{
    internal static OnnxValueInfo Read(ReadOnlySpan<byte> info)
    {
        var tensor = OnnxGraph.ReadMessage(OnnxGraph.ReadMessage(info, OnnxFields.ValueInfo.Type), OnnxFields.ValueInfo.TensorType);
        var elementType = 0;
        List<OnnxDimension>? shape = null;
        var fields = new ProtobufFields(tensor);
        while (fields.MoveNext())
        {
            if (fields.Number == OnnxFields.ValueInfo.ElementType)
                elementType = (int)fields.Value;
            else if (fields.Number == OnnxFields.ValueInfo.Shape)
                shape = ReadShape(fields.Content);
        }

        return new OnnxValueInfo(OnnxGraph.ReadText(info, OnnxFields.ValueInfo.Name), elementType, shape);
    }

    private static List<OnnxDimension> ReadShape(ReadOnlySpan<byte> shape)
    {
        var result = new List<OnnxDimension>();
        var dimensions = new ProtobufFields(shape);
        while (dimensions.MoveNext())
        {
            if (dimensions.Number != OnnxFields.ValueInfo.Dimension)
                continue;
            var dimension = default(OnnxDimension);
            var fields = new ProtobufFields(dimensions.Content);
            while (fields.MoveNext())
            {
                if (fields.Number == OnnxFields.ValueInfo.DimensionSize)
                    dimension = (long)fields.Value;
                else if (fields.Number == OnnxFields.ValueInfo.DimensionName)
                    dimension = fields.Text;
            }

            result.Add(dimension);
        }

        return result;
    }
}
