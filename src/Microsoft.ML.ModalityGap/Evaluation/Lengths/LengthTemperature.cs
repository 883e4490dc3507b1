namespace Microsoft.ML.ModalityGap;

/// <summary>The scale of a group of lengths.</summary>
/// <param name="MaximumLength">The longest text of the group; the last group's holds for all that are longer.</param>
/// <param name="Mean">m_g, the mean cosine of its texts with the bank.</param>
/// <param name="Temperature">T_g = σ_g/σ: their standard deviation over that of all texts. Below 1 the group has collapsed.</param>
public sealed record LengthTemperature(double MaximumLength, double Mean, double Temperature);
