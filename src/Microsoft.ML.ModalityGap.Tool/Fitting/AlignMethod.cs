using System.CommandLine;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Ridge, Procrustes, CCA.</summary>
internal sealed class AlignMethod(SharedOptions shared) : FitMethod
{
    private const string None = "none";

    private const string Auto = "auto";

    private static readonly Choices<AlignmentMethod> _methods = new(("ridge", AlignmentMethod.Ridge), ("procrustes", AlignmentMethod.Procrustes), ("cca", AlignmentMethod.Cca));

    private readonly Option<string> _by = new Option<string>("--by") { Description = "How pairs are brought together. Default ridge.", HelpName = _methods.HelpName }.Completing(_methods.Names);

    private readonly Option<bool> _keepTarget = new("--keep-target") { Description = "Leave the modality of --towards as it is, such as an index that exists." };

    private readonly Option<string> _whitening = new("--whitening") { Description = $"Whiten both first, with this shrinkage, or {None}. Default 0.95 where both go half the way by ridge, else {None}.", HelpName = $"0..1|{None}" };

    private readonly Option<int?> _components = new Option<int?>("--components") { Description = "How many canonical directions --by cca keeps. Default all.", HelpName = "number" }.Within(1);

    internal override string Name => FitMethods.Paired;

    internal override string Description => "learn from pairs how to bring two modalities together";

    internal override IReadOnlyList<Option> Options => [_by, shared.Shrinkage, shared.Towards, _keepTarget, _whitening, _components];

    internal override bool NeedsPairs => true;

    internal override IEstimator<EmbeddingMapTransformer> CreateEstimator(MLContext ml, ModalityColumns columns, FitSettings settings)
    {
        var line = settings.CommandLine;
        if (line.GetValue(_keepTarget) && line.GetValue(shared.Towards) is null)
            throw new UsageException("--keep-target leaves the modality of --towards as it is: name that, too.");
        var options = new AlignModalitiesOptions
        {
            NormalizeInput = settings.NormalizeInput,
            UnusableRows = settings.UnusableRows,
            Method = line.GetValue(_by) is { } name ? _methods.Find(name, _by.Name) : AlignmentMethod.Ridge,
            Towards = line.GetValue(shared.Towards),
            KeepTarget = line.GetValue(_keepTarget),
            Components = line.GetValue(_components),
        };
        if (line.GetValue(shared.Shrinkage) is { } shrinkage)
            options = options with { Shrinkage = shrinkage == Auto ? null : SharedOptions.ParseAmount(shrinkage, shared.Shrinkage.Name) };
        if (line.GetValue(_whitening) is { } whitening)
            options = options with { Whitening = whitening == None ? null : SharedOptions.ParseShrinkage(whitening, _whitening.Name) };
        return ml.Transforms.AlignModalities(columns, options);
    }
}
