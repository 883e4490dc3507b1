namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>A file of checked blocks.</summary>
internal abstract class StoredTarget : FuzzTarget
{
    internal override InputShape Shape { get; } = new BlockShape();
}
