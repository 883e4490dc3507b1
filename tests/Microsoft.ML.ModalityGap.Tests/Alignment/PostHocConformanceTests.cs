using Microsoft.ML.ModalityGap.Tests.Conformance;

namespace Microsoft.ML.ModalityGap.Tests.Alignment;

/// <summary>Every method, at options that are not its defaults.</summary>
[TestClass]
public class PostHocConformanceTests
{
    private static readonly ModalityColumns _newColumns = ModalityColumns.PerColumn(new InputOutputColumnPair("NewImage", "Image"), new InputOutputColumnPair("NewText", "Text"));

    [TestMethod]
    public void Standardize_Conforms() => Check(context => context.Transforms.StandardizeModalities(_newColumns, new() { Shrinkage = 0.25, NormalizeInput = false }));

    [TestMethod]
    public void Standardize_ModalityPerRow_Conforms() => ComponentConformance.Check(
        context => context.Transforms.StandardizeModalities(ModalityColumns.PerRow("Image", "Modality", "NewImage")), CreateData, ["Image", "Modality"], ["NewImage"]);

    [TestMethod]
    [DataRow("zca")]
    [DataRow("pca")]
    [DataRow("groups")]
    public void Whiten_Conforms(string kind) => Check(context => context.Transforms.WhitenModalities(_newColumns, kind switch
    {
        "zca" => new() { NormalizeInput = false, Shrinkage = CovarianceShrinkage.OracleApproximating },
        "pca" => new() { NormalizeInput = false, Kind = WhiteningKind.Pca, Keep = 4 },
        _ => new() { NormalizeInput = false, Groups = 2, Seed = 5, SharedCovariance = true },
    }));

    [TestMethod]
    public void Shift_Conforms() => Check(context => context.Transforms.ShiftModalities(_newColumns, new() { Lambda = 0.4, FirstShare = 0.2 }));

    [TestMethod]
    public void Realign_Conforms() => Check(context => context.Transforms.RealignModalities(_newColumns, new() { Towards = "Text", UnusableRows = UnusableRows.Skip }));

    [TestMethod]
    public void Realign_ModalityPerRow_Conforms() => ComponentConformance.Check(
        context => context.Transforms.RealignModalities(ModalityColumns.PerRow("Image", "Modality"), new() { Towards = "text" }), CreateData, ["Image", "Modality"], ["Image"]);

    [TestMethod]
    [DataRow(AlignmentMethod.Ridge)]
    [DataRow(AlignmentMethod.Procrustes)]
    [DataRow(AlignmentMethod.Cca)]
    public void Align_Conforms(AlignmentMethod method) => Check(context => context.Transforms.AlignModalities(_newColumns, new()
    {
        NormalizeInput = false,
        Method = method,
        Shrinkage = 0.5,
        Towards = method == AlignmentMethod.Cca ? null : "Image",
        Components = method == AlignmentMethod.Cca ? 3 : null,
    }));

    [TestMethod]
    public void ProjectToAnchors_Conforms() => Check(context => context.Transforms.ProjectToAnchors(_newColumns, new() { Count = 9, Source = AnchorSource.KMeans, Seed = 3 }));

    [TestMethod]
    public void ProjectToAnchors_ModalityPerRow_Conforms() => ComponentConformance.Check(
        context => context.Transforms.ProjectToAnchors(ModalityColumns.PerRow("Image", "Modality", "NewImage"), new() { Count = 7 }), CreateData, ["Image", "Modality"], ["NewImage"]);

    [TestMethod]
    public void Neutralize_Conforms() => Check(context => context.Transforms.NeutralizeDimensions(_newColumns, new() { Count = 2, Center = true, NormalizeInput = false }));

    [TestMethod]
    public void Transport_Conforms() => Check(context => context.Transforms.TransportModalities(_newColumns, new() { SampleCount = 60, Iterations = 2, Towards = "Image", Seed = 4 }));

    [TestMethod]
    public void Transport_ModalityPerRow_Conforms() => ComponentConformance.Check(
        context => context.Transforms.TransportModalities(ModalityColumns.PerRow("Image", "Modality"), new() { Towards = "text", Iterations = 2 }), CreateData, ["Image", "Modality"], ["Image"]);

    [TestMethod]
    public void Match_Conforms() => Check(context => context.Transforms.MatchComponents(_newColumns, new() { Components = 3, Reference = "Image", TakeReferenceMean = true, NormalizeInput = false }));

    [TestMethod]
    public void Truncate_Conforms() => Check(context => context.Transforms.TruncateEmbeddings(_newColumns, new() { Dimension = 3 }));

    private static void Check(Func<MLContext, IEstimator<ITransformer>> create) => ComponentConformance.Check(create, CreateData, ["Image", "Text"], ["NewImage", "NewText"]);

    // Eighths: their products and sums are exact, so how rows are dealt to threads shows in no bit.
    private static IDataView CreateData(MLContext context) => PairedEmbeddings.Create(rows: 150, quantum: 0.125).ToDataView(context);
}
