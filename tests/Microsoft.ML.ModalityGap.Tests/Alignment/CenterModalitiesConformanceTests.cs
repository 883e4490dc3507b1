using Microsoft.ML.ModalityGap.Tests.Conformance;

namespace Microsoft.ML.ModalityGap.Tests.Alignment;

[TestClass]
public class CenterModalitiesConformanceTests
{
    [TestMethod]
    public void CenterModalities_ColumnsInPlace_Conforms() =>
        ComponentConformance.Check(
            context => context.Transforms.CenterModalities("Image", "Text"),
            context => TestEmbeddings.CreateDataView(context),
            ["Image", "Text"],
            ["Image", "Text"]);

    [TestMethod]
    public void CenterModalities_NewColumnsUnnormalizedSkip_Conforms() =>
        ComponentConformance.Check(
            context => context.Transforms.CenterModalities(
                ModalityColumns.PerColumn(new InputOutputColumnPair("ClosedImage", "Image"), new InputOutputColumnPair("Text")),
                new CenterModalitiesOptions { NormalizeInput = false, UnusableRows = UnusableRows.Skip }),
            context => TestEmbeddings.CreateDataView(context),
            ["Image", "Text"],
            ["ClosedImage", "Text"]);

    [TestMethod]
    public void CenterModalities_VariableVectors_Conforms() =>
        ComponentConformance.Check(
            context => context.Transforms.CenterModalities("Image", "Text"),
            context => TestEmbeddings.CreateDataView(context, variable: true),
            ["Image", "Text"],
            ["Image", "Text"]);

    [TestMethod]
    public void CenterModalities_ModalityPerRow_Conforms() =>
        ComponentConformance.Check(
            context => context.Transforms.CenterModalities(ModalityColumns.PerRow("Image", "Modality", "Closed")),
            context => TestEmbeddings.CreateDataView(context),
            ["Image", "Modality"],
            ["Closed"]);

    [TestMethod]
    public void CenterModalities_ModalityPerRowByKey_Conforms() =>
        ComponentConformance.Check(
            context => context.Transforms.CenterModalities(ModalityColumns.PerRow("Image", "Key")),
            context =>
            {
                var data = TestEmbeddings.CreateDataView(context);
                return context.Transforms.Conversion.MapValueToKey("Key", "Modality").Fit(data).Transform(data);
            },
            ["Image", "Key"],
            ["Image"]);
}
