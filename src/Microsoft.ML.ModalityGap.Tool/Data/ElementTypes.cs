namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>numpy's names of the number formats.</summary>
internal static class ElementTypes
{
    internal static string GetName(NpyElementType type) => type switch
    {
        NpyElementType.Float16 => "float16",
        NpyElementType.Float32 => "float32",
        _ => "float64",
    };

    internal static NpyElementType Parse(string name)
    {
        foreach (var type in Enum.GetValues<NpyElementType>())
        {
            if (GetName(type) == name)
                return type;
        }

        throw new UsageException($"There is no --dtype '{name}'. There is float16, float32, float64.");
    }
}
