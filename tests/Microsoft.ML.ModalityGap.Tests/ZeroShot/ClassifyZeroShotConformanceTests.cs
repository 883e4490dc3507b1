using Microsoft.ML.ModalityGap.Tests.Conformance;

namespace Microsoft.ML.ModalityGap.Tests.ZeroShot;

[TestClass]
public class ClassifyZeroShotConformanceTests
{
    [TestMethod]
    public void ClassifyZeroShot_FromPrompts_Conforms() =>
        ComponentConformance.Check(
            context => context.Transforms.ClassifyZeroShot("Image", ZeroShotData.Names, ZeroShotData.CreateEncoder()),
            context => ZeroShotData.Create(context),
            ["Image"],
            ["PredictedLabel", "Score", "Probability", "Similarity", "TopLabels", "TopScores", "Label"]);

    [TestMethod]
    public void ClassifyZeroShot_MapsAndNamesOfItsOwn_Conforms() =>
        ComponentConformance.Check(
            context => context.Transforms.ClassifyZeroShot("Image", ZeroShotData.Names, ZeroShotData.CreateEncoder(), new ClassifyZeroShotOptions
            {
                Templates = PromptTemplates.Photo,
                LogitScale = 12.5f,
                TopCount = 3,
                ImageMap = new EmbeddingMap(ZeroShotData.Dimension, new TranslateStep(Enumerable.Repeat(0.1f, ZeroShotData.Dimension).ToArray()), new TruncateStep(9)),
                TextMap = new EmbeddingMap(ZeroShotData.Dimension, new L2NormalizeStep(), new TruncateStep(9)),
                PredictedLabelColumnName = "Class",
                ScoreColumnName = "Share",
                SimilarityColumnName = null,
                ProbabilityColumnName = null,
                TopLabelsColumnName = "Best",
                TopScoresColumnName = "BestShares",
                LabelColumnName = null,
            }),
            context => ZeroShotData.Create(context),
            ["Image"],
            ["Class", "Share", "Best", "BestShares"]);

    [TestMethod]
    public void ClassifyZeroShot_MultiLabel_Conforms() =>
        ComponentConformance.Check(
            context => context.Transforms.ClassifyZeroShot("Both", ZeroShotData.Names, ZeroShotData.CreateEncoder(), new ClassifyZeroShotOptions
            {
                Mode = ZeroShotMode.MultiLabel,
                Thresholds = [0.2f, 0.3f, 0.25f, 0.1f],
                LabelColumnName = "Labels",
            }),
            context => ZeroShotData.Create(context),
            ["Both"],
            ["PredictedLabel", "Score", "Similarity", "TopLabels", "TopScores", "Labels"]);

    [TestMethod]
    public void ClassifyZeroShot_KeyLabelOfAnotherOrder_Conforms() =>
        ComponentConformance.Check(
            context => context.Transforms.ClassifyZeroShot("Image", ZeroShotData.Names, ZeroShotData.CreateEncoder()),
            context =>
            {
                var data = ZeroShotData.Create(context);
                return context.Transforms.Conversion.MapValueToKey("Label").Fit(data).Transform(data);
            },
            ["Image"],
            ["PredictedLabel", "Score", "Label"]);
}
