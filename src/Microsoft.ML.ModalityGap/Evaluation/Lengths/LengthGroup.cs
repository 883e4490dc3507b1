namespace Microsoft.ML.ModalityGap;

/// <summary>Texts of about the same length.</summary>
/// <param name="MinimumLength">The shortest.</param>
/// <param name="MaximumLength">The longest.</param>
/// <param name="Count">How many.</param>
/// <param name="MeanCosine">The mean cosine of two of them, over all i ≠ j; <see langword="null"/> of one alone. Near 1 they have collapsed.</param>
public sealed record LengthGroup(double MinimumLength, double MaximumLength, int Count, double? MeanCosine);
