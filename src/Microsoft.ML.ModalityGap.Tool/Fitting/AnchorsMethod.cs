using System.CommandLine;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Relative representations.</summary>
internal sealed class AnchorsMethod : FitMethod
{
    private readonly Option<int?> _anchors = new Option<int?>("--anchors") { Description = $"How many. Default {ProjectToAnchorsOptions.Default.Count}.", HelpName = "number" }.Within(1);

    private readonly Option<bool> _kmeans = new("--kmeans") { Description = "Take the centres of clusters, not rows." };

    private readonly Option<bool> _center = new("--center") { Description = "Take away each modality's mean first." };

    internal override string Name => "anchors";

    internal override string Description => "say how near each embedding is to some rows, the same pairs of all modalities";

    internal override IReadOnlyList<Option> Options => [_anchors, _kmeans, _center];

    internal override IEstimator<EmbeddingMapTransformer> CreateEstimator(MLContext ml, ModalityColumns columns, FitSettings settings) =>
        ml.Transforms.ProjectToAnchors(columns, new ProjectToAnchorsOptions
        {
            NormalizeInput = settings.NormalizeInput,
            UnusableRows = settings.UnusableRows,
            Count = settings.CommandLine.GetValue(_anchors) ?? ProjectToAnchorsOptions.Default.Count,
            Source = settings.CommandLine.GetValue(_kmeans) ? AnchorSource.KMeans : AnchorSource.Sample,
            Center = settings.CommandLine.GetValue(_center),
            Seed = settings.Seed,
        });
}
