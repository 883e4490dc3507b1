using Microsoft.ML.ModalityGap.Tests.Conformance;

namespace Microsoft.ML.ModalityGap.Tests.Training;

[TestClass]
public class TrainModalityNormalizationConformanceTests
{
    [TestMethod]
    public void TrainModalityNormalization_ColumnsInPlace_Conforms() =>
        ComponentConformance.Check(
            context => context.Transforms.TrainModalityNormalization("Image", "Text", new() { BatchSize = 32, Epochs = 1 }),
            context => TestEmbeddings.CreateDataView(context),
            ["Image", "Text"],
            ["Image", "Text"]);

    [TestMethod]
    public void TrainModalityNormalization_LinearHeadNewColumnsVariableVectors_Conforms() =>
        ComponentConformance.Check(
            context => context.Transforms.TrainModalityNormalization(
                ModalityColumns.PerColumn(new InputOutputColumnPair("ClosedImage", "Image"), new InputOutputColumnPair("Text")),
                new TrainModalityNormalizationOptions
                {
                    Head = TrainingHead.BatchNormThenLinear,
                    OutputDimension = 5,
                    Loss = Loss.Sigmoid() + 0.1 * Loss.CrossModalUniformity(),
                    Statistics = NormalizationStatistics.Exact,
                    NormalizeInput = false,
                    UnusableRows = UnusableRows.Skip,
                    ValidationFraction = 0.2,
                    Patience = 1,
                    BatchSize = 20,
                    LearningRate = 1e-3,
                    Seed = 4,
                }),
            context => TestEmbeddings.CreateDataView(context, variable: true),
            ["Image", "Text"],
            ["ClosedImage", "Text"]);
}
