namespace Microsoft.ML.ModalityGap;

/// <summary>What one dimension adds to a cosine. With x̂ = μ_x + a and ŷ = μ_y + b in that dimension: Total = x̂·ŷ, of which Means = μ_x·μ_y and Content = a·b.</summary>
/// <param name="Dimension">From 0.</param>
/// <param name="Total">Its share of the cosine.</param>
/// <param name="Means">What of it would be the same for any image and any text.</param>
/// <param name="Content">What of it is owed to this image and this text together.</param>
public sealed record ScoreContribution(int Dimension, double Total, double Means, double Content);
