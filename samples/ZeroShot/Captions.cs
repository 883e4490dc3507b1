using Microsoft.ML;
using Microsoft.ML.ModalityGap;

namespace ZeroShot;

/// <summary>Caption scores, raw and with the gap closed. docs/captions.md shows parts of it.</summary>
internal static class Captions
{
    public static void Run(MLContext ml, Scenes scenes, string folder, EmbeddingMapTransformer center)
    {
        var encoders = ml.Transforms.EmbedClipImages("Image", "Png", folder).Append(ml.Transforms.EmbedClipText("Text", "Caption", folder)).Fit(scenes.TestPairs);
        var pairs = ml.Data.Cache(encoders.Transform(scenes.TestPairs));

        var clipS = new ScoreCaptionsOptions();
        var i0tS = new ScoreCaptionsOptions { ImageMap = center.GetModality("Image").Map, TextMap = center.GetModality("Text").Map };
        PromptFreeControl before = ml.ModalityGap().EvaluatePromptFreeControl(pairs, "Image", "Text", clipS);
        PromptFreeControl after = ml.ModalityGap().EvaluatePromptFreeControl(pairs, "Image", "Text", i0tS);

        var table = new FigureTable("Pairs that belong together, and others: 500 scenes, mean scores", "", "CLIP-S", "I0T-S");
        table.Add("image with its own text", before.MatchedImageText, after.MatchedImageText);
        table.Add("image with another's text", before.MismatchedImageText, after.MismatchedImageText);
        table.Add("image with another image", before.MismatchedImageImage, after.MismatchedImageImage);
        table.Add("share: another image preferred to its own text", before.ImagePreferredToOwnText, after.ImagePreferredToOwnText);
        table.Add("share: another text preferred to its own image", before.TextPreferredToOwnImage, after.TextPreferredToOwnImage);
        table.Write();

        ScoreExplanation explanation = ml.ModalityGap().ExplainScores(pairs, "Image", "Text", center.GetModality("Image").Statistics, center.GetModality("Text").Statistics, dimensionCount: 3);
        Console.WriteLine(explanation);
        Rate(ml, scenes, encoders, folder, clipS, i0tS);
        CarryOver(ml, pairs, clipS, i0tS);
        encoders.Dispose();
    }

    private static void Rate(MLContext ml, Scenes scenes, ITransformer encoders, string folder, ScoreCaptionsOptions clipS, ScoreCaptionsOptions i0tS)
    {
        var references = ml.Transforms.EmbedClipText("ReferenceEmbedding", "Reference", folder).Fit(scenes.Rated);
        var rated = ml.Data.Cache(references.Transform(encoders.Transform(scenes.Rated)));
        var table = new FigureTable("Captions of which 0 to 4 attributes are right, 500 scenes", "", "CLIP-S", "I0T-S");
        var correlations = new[] { clipS, i0tS }.Select(options =>
        {
            options = options with { ReferenceColumnNames = ["ReferenceEmbedding"] };
            var scored = ml.Transforms.ScoreCaptions("Image", "Text", options).Fit(rated).Transform(rated);
            CaptionMetricCorrelation free = ml.ModalityGap().EvaluateCaptionMetric(scored, "CaptionScore", "Rating");
            CaptionMetricCorrelation withReferences = ml.ModalityGap().EvaluateCaptionMetric(scored, "ReferenceScore", "Rating");
            return (Free: free, WithReferences: withReferences);
        }).ToArray();
        table.Add("Kendall τ_b with the number right", [.. correlations.Select(entry => entry.Free.KendallTauB)]);
        table.Add("Kendall τ_c", [.. correlations.Select(entry => entry.Free.KendallTauC)]);
        table.Add("Spearman", [.. correlations.Select(entry => entry.Free.Spearman)]);
        table.Add("Kendall τ_c with a reference", [.. correlations.Select(entry => entry.WithReferences.KendallTauC)]);
        table.Write();
        references.Dispose();
    }

    private static void CarryOver(MLContext ml, IDataView pairs, ScoreCaptionsOptions clipS, ScoreCaptionsOptions i0tS)
    {
        var scored = ml.Transforms.ScoreCaptions("Image", "Text", clipS with { ScoreColumnName = "ClipS" })
            .Append(ml.Transforms.ScoreCaptions("Image", "Text", i0tS with { ScoreColumnName = "I0TS" }))
            .Fit(pairs).Transform(pairs);
        RecalibrateScoresTransformer recalibration = ml.Transforms.RecalibrateScores("Comparable", "I0TS", "ClipS").Fit(scored);
        Console.WriteLine($"A threshold of 1.30 on CLIP-S is one of {recalibration.MapThreshold(1.30f):F2} on I0T-S.");
    }
}
