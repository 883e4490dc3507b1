namespace Microsoft.ML.ModalityGap;

/// <summary>What a mark stands for; <see cref="FigureStyle"/> knows its colours.</summary>
internal enum FigureRole
{
    Text,
    Muted,
    Grid,
    Background,
    First,
    Second,
    Matched,
    Mismatched,
    Before,
    After,
}
