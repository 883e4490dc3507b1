using System.CommandLine;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Ridge, Procrustes, CCA.</summary>
internal sealed class AlignMethod(SharedOptions shared) : FitMethod
{
    private readonly Option<string> _by = new Option<string>("--by") { Description = "How pairs are brought together. Default ridge.", HelpName = string.Join('|', Methods.Select(method => method.Name)) }.Completing(Methods.Select(method => method.Name));

    private readonly Option<bool> _keepTarget = new("--keep-target") { Description = "Leave the modality of --towards as it is, such as an index that exists." };

    private readonly Option<string> _whitening = new("--whitening") { Description = "Whiten both first, with this shrinkage.", HelpName = "0..1" };

    private readonly Option<int?> _components = new Option<int?>("--components") { Description = "How many canonical directions --by cca keeps. Default all.", HelpName = "number" }.Within(1);

    internal override string Name => "align";

    internal override string Description => "learn from pairs how to bring two modalities together";

    internal override IReadOnlyList<Option> Options => [_by, shared.Shrinkage, shared.Towards, _keepTarget, _whitening, _components];

    internal override bool NeedsPairs => true;

    private static (string Name, AlignmentMethod Method)[] Methods => [("ridge", AlignmentMethod.Ridge), ("procrustes", AlignmentMethod.Procrustes), ("cca", AlignmentMethod.Cca)];

    internal override IEstimator<EmbeddingMapTransformer> CreateEstimator(MLContext ml, ModalityColumns columns, FitSettings settings)
    {
        var line = settings.CommandLine;
        if (line.GetValue(_keepTarget) && line.GetValue(shared.Towards) is null)
            throw new UsageException("--keep-target leaves the modality of --towards as it is: name that, too.");
        return ml.Transforms.AlignModalities(columns, new AlignModalitiesOptions
        {
            NormalizeInput = settings.NormalizeInput,
            UnusableRows = settings.UnusableRows,
            Method = GetMethod(line),
            Shrinkage = line.GetValue(shared.Shrinkage) is { } shrinkage ? SharedOptions.ParseAmount(shrinkage, shared.Shrinkage.Name) : null,
            Towards = line.GetValue(shared.Towards),
            KeepTarget = line.GetValue(_keepTarget),
            Whitening = line.GetValue(_whitening) is { } whitening ? SharedOptions.ParseShrinkage(whitening, _whitening.Name) : null,
            Components = line.GetValue(_components),
        });
    }

    private AlignmentMethod GetMethod(ParseResult line)
    {
        if (line.GetValue(_by) is not { } name)
            return AlignmentMethod.Ridge;
        return Methods.FirstOrDefault(method => method.Name == name) is { Name: not null } found
            ? found.Method
            : throw Suggestion.CreateException(_by.Name, name, Methods.Select(method => method.Name));
    }
}
