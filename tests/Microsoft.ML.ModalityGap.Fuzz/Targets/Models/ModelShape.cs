namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>An ML.NET model: what this library stored in an entry is changed, its length kept, since ML.NET's header states where it ends. What ML.NET stored is its own affair: its loader may not come to an end over it.</summary>
internal static class ModelShape
{
    private static readonly BlockShape _block = new(keepsLength: true);

    internal static ZipShape Instance { get; } = new(_ => _block);
}
