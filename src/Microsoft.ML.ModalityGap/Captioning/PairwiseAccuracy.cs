using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>How often a caption metric prefers, of two captions of an image, the one that people prefer (Pascal-50S).</summary>
/// <param name="Category">The category; empty for all.</param>
/// <param name="Count">How many comparisons.</param>
/// <param name="Accuracy">The share in which the preferred caption has the higher score; equal scores count half, which is what a coin would make of them on average.</param>
/// <param name="TieCount">In how many of them both scores are equal.</param>
public sealed record PairwiseAccuracy(string Category, int Count, double Accuracy, int TieCount)
{
    /// <summary>The accuracy as text.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(Category.Length == 0 ? "all" : Category)}: {Accuracy:F4} of {Count}{(TieCount > 0 ? $", {TieCount} ties counted half" : "")}");
}
