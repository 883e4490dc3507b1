namespace Microsoft.ML.ModalityGap;

/// <summary>A field of a table in a file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsVector">Whether it holds lists of numbers, which become vectors of <see cref="float"/>.</param>
/// <param name="Defect">Why it cannot be read; <see langword="null"/> where it can.</param>
internal readonly record struct TableField(string Name, bool IsVector, string? Defect = null)
{
    /// <summary>Why it cannot be read; <see langword="null"/> where it can.</summary>
    public string? Defect { get; } = Name.Length == 0 ? "no name" : Defect;
}
