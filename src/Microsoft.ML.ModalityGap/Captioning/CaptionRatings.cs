namespace Microsoft.ML.ModalityGap;

/// <summary>What several ratings of one caption count as.</summary>
public enum CaptionRatings
{
    /// <summary>As many pairs of the caption's score and a rating: 16,992 of Flickr8k-Expert's 5,664 captions, as CLIPScore's authors and I0T's count.</summary>
    Each,

    /// <summary>One pair, of the caption's score and the mean of its ratings: 5,664 of Flickr8k-Expert.</summary>
    Mean,
}
