namespace Microsoft.ML.ModalityGap;

/// <summary>An elementary loss as a part of a sum.</summary>
/// <param name="Loss">The loss.</param>
/// <param name="Weight">What it counts.</param>
/// <param name="Prefix">The number of dimensions it sees, or <see langword="null"/> for all.</param>
internal sealed record LossTerm(ElementaryLoss Loss, double Weight, int? Prefix);
