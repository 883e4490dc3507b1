using System.CommandLine;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Whitening: ZCA, PCA, groups.</summary>
internal sealed class WhitenMethod(SharedOptions shared) : FitMethod
{
    private readonly Option<bool> _pca = new("--pca") { Description = "Make the principal directions the dimensions, shared by all modalities; --keep takes the first ones." };

    private readonly Option<int?> _groups = new Option<int?>("--groups") { Description = "Whiten the dimensions in so many groups, each on its own.", HelpName = "number" }.Within(1);

    private readonly Option<bool> _sharedCovariance = new("--shared-covariance") { Description = "Whiten all modalities by the mean of their covariances." };

    internal override string Name => FitMethods.Unpaired;

    internal override string Description => "make all directions of a modality vary alike";

    internal override IReadOnlyList<Option> Options => [shared.Shrinkage, shared.Keep, _pca, _groups, _sharedCovariance];

    internal override IEstimator<EmbeddingMapTransformer> CreateEstimator(MLContext ml, ModalityColumns columns, FitSettings settings)
    {
        var line = settings.CommandLine;
        if (line.GetValue(shared.Keep) is not null && !line.GetValue(_pca))
            throw new UsageException("--keep leaves out principal directions, so it needs --pca.");
        if (line.GetValue(_groups) is > 1 && line.GetValue(_pca))
            throw new UsageException("--groups and --pca exclude each other: principal directions run across all dimensions.");
        return ml.Transforms.WhitenModalities(columns, new WhitenModalitiesOptions
        {
            NormalizeInput = settings.NormalizeInput,
            UnusableRows = settings.UnusableRows,
            Kind = line.GetValue(_pca) ? WhiteningKind.Pca : WhiteningKind.Zca,
            Keep = line.GetValue(shared.Keep),
            Groups = line.GetValue(_groups) ?? 1,
            Seed = settings.Seed,
            SharedCovariance = line.GetValue(_sharedCovariance),
            Shrinkage = line.GetValue(shared.Shrinkage) is { } text ? SharedOptions.ParseShrinkage(text, shared.Shrinkage.Name) : WhitenModalitiesOptions.Default.Shrinkage,
        });
    }
}
