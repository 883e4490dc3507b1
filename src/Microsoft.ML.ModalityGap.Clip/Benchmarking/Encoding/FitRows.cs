namespace Microsoft.ML.ModalityGap;

/// <summary>What maps and corrections are fitted on: images and texts, and the item that each belongs to.</summary>
internal sealed record FitRows(Embeddings Images, IReadOnlyList<string> ImageItems, Embeddings Texts, IReadOnlyList<string> TextItems)
{
    /// <summary>How many pairs an image and a text of one item make.</summary>
    internal int PairCount
    {
        get
        {
            var images = ImageItems.CountBy(item => item).ToDictionary(StringComparer.Ordinal);
            return TextItems.Sum(item => images.GetValueOrDefault(item));
        }
    }
}
