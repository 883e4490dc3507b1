namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>A saved model of recalibrated scores.</summary>
internal sealed class RecalibratedModelTarget : TransformerTarget
{
    internal override string Name => "model-recalibrated";

    protected override ITransformer Fit() => Seeds.Context.Transforms
        .ScoreCaptions(nameof(Seeds.Pair.Image), nameof(Seeds.Pair.Text), new ScoreCaptionsOptions { Kind = CaptionScoreKind.Cosine, ScoreColumnName = "Old" })
        .Append(Seeds.Context.Transforms.ScoreCaptions(nameof(Seeds.Pair.Image), nameof(Seeds.Pair.Text), new ScoreCaptionsOptions { ScoreColumnName = "New" }))
        .Append(Seeds.Context.Transforms.RecalibrateScores("Comparable", "New", "Old", new RecalibrateScoresOptions { QuantileCount = 7 }))
        .Fit(Seeds.Pairs);
}
