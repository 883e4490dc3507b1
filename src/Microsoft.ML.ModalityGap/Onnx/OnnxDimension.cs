namespace Microsoft.ML.ModalityGap;

/// <summary>One dimension of a tensor's shape: a number, or a name where it is open.</summary>
internal readonly record struct OnnxDimension(long? Size, string? Name)
{
    /// <summary>The open first dimension of everything this library exports.</summary>
    internal static OnnxDimension Batch { get; } = "batch";

    public static implicit operator OnnxDimension(long size) => new(size, null);

    public static implicit operator OnnxDimension(string name) => new(null, name);

    public override string ToString() => Size?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? Name ?? "?";
}
