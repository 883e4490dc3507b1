using Microsoft.ML;
using Microsoft.ML.ModalityGap;

namespace QuickStart;

/// <summary>What a way to search makes of pairs it was not fitted on.</summary>
/// <param name="Name">The way.</param>
/// <param name="CentroidDistance">The gap.</param>
/// <param name="TextToImage">recall@1 of captions among the images.</param>
/// <param name="ImageToText">recall@1 of images among the captions.</param>
/// <param name="TwoSided">A gallery that shows each scene by its image or by a caption, asked by another caption; <see langword="null"/> where images have one caption each.</param>
internal sealed record Measured(string Name, double CentroidDistance, double TextToImage, double ImageToText, MixedRetrievalMetrics? TwoSided)
{
    /// <param name="ml">The context.</param>
    /// <param name="name">The way.</param>
    /// <param name="embed">Embeds rows, and maps them where the way has a map.</param>
    /// <param name="data">What to measure on.</param>
    /// <param name="correction">What is made of cosines; <see langword="null"/> for nothing.</param>
    internal static Measured Create(MLContext ml, string name, Func<IReadOnlyList<Pair>, IDataView> embed, PairedData data, SimilarityCorrection? correction = null)
    {
        var (catalog, pairs) = (ml.ModalityGap(), embed(data.HeldOut));
        var recall = catalog.EvaluateRetrievalBothWays(pairs, "Text", pairs, "Image", Relevance.ByRow, new RetrievalEvaluationOptions { Correction = correction });
        return new Measured(
            name,
            catalog.Evaluate(pairs, "Image", "Text").CentroidDistance,
            recall.FirstToSecond.RecallAt(1),
            recall.SecondToFirst.RecallAt(1),
            data.HasSeveralCaptions
                ? catalog.EvaluateTwoSidedRetrieval(pairs, "Image", embed(data.Captions), "Text", Relevance.ById("Row", "Row"), new MixedRetrievalEvaluationOptions { Correction = correction })
                : null);
    }
}
