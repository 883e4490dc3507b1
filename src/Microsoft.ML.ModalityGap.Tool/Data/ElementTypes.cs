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

    internal static IEnumerable<string> Names => Enum.GetValues<NpyElementType>().Select(GetName);

    internal static NpyElementType Parse(string name)
    {
        foreach (var type in Enum.GetValues<NpyElementType>())
        {
            if (GetName(type) == name)
                return type;
        }

        throw Suggestion.CreateException("--dtype", name, Names);
    }
}
