using System.CommandLine;

namespace Microsoft.ML.ModalityGap.Tool;

using Command = System.CommandLine.Command; // Microsoft.ML.Command is a namespace

/// <summary><c>--correction</c> and what goes with it: how similarities are corrected behind the maps.</summary>
internal sealed class CorrectionOptions
{
    private static readonly Choices<SimilaritySample?> _samples = new(("best", SimilaritySample.PseudoPositives), ("fifth", SimilaritySample.BestFifth), ("all", SimilaritySample.AllSimilarities), ("none", null));

    private readonly Option<string> _correction = new("--correction")
    {
        Description = "Fit a correction of similarities with the maps: is (inverted softmax over a bank of queries), csls (local scaling), or none, which only standardises. Without it the model has maps alone.",
        HelpName = "is|csls|none",
    };

    private readonly Option<double?> _beta = new("--correction-beta") { Description = "--correction is: the inverse temperature. Default 10.", HelpName = "number" };

    private readonly Option<int?> _neighbors = new("--correction-neighbors") { Description = "--correction csls: how many nearest queries are averaged. Default 10.", HelpName = "number" };

    private readonly Option<double?> _strength = new("--correction-strength") { Description = "The part of the bias of hubs that is taken. Default 1.", HelpName = "number" };

    private readonly Option<string> _standardize = new("--standardize")
    {
        Description = "Put scores of all modalities on one scale by each query's best similarities (best, the default), by their best fifth (fifth: even in galleries of any size), by all of them (all), or not (none).",
        HelpName = _samples.HelpName,
    };

    private readonly Option<bool> _offsetOnly = new("--offset-only") { Description = "Standardise by the mean alone." };

    private readonly Option<int?> _bankRows = new("--bank-rows") { Description = $"The most rows of each modality in the banks. Default {SimilarityCorrectionOptions.Default.MaximumBankRows}.", HelpName = "number" };

    internal void AddTo(Command command)
    {
        foreach (var option in All)
            command.Options.Add(option);
    }

    /// <summary>What is asked for, or <see langword="null"/> for maps alone.</summary>
    /// <exception cref="UsageException">An option is given without <c>--correction</c>, or does not go with it.</exception>
    internal SimilarityCorrectionOptions? Get(ParseResult result, UnusableRows unusableRows, int seed)
    {
        if (result.GetValue(_correction) is not { } name)
        {
            return FindGiven(result) is { } lost
                ? throw new UsageException($"{lost} goes with --correction; say which: {_correction.HelpName}.")
                : null;
        }

        var sample = _samples.Find(result.GetValue(_standardize) ?? _samples.Names[0], _standardize.Name);
        try
        {
            return new SimilarityCorrectionOptions
            {
                Hubness = GetHubness(result, name),
                Standardization = sample is { } rows ? new SimilarityStandardization { Sample = rows, OffsetOnly = result.GetValue(_offsetOnly) } : null,
                MaximumBankRows = result.GetValue(_bankRows) ?? SimilarityCorrectionOptions.Default.MaximumBankRows,
                UnusableRows = unusableRows,
                Seed = seed,
            };
        }
        catch (ArgumentOutOfRangeException exception)
        {
            throw new UsageException($"--correction-beta, --correction-neighbors, --correction-strength and --bank-rows take positive numbers, but {exception.ActualValue} was given.");
        }
    }

    /// <summary>The first of these options that was given.</summary>
    internal string? FindGiven(ParseResult result) => All.FirstOrDefault(option => result.GetResult(option) is { Implicit: false })?.Name;

    private IEnumerable<Option> All => [_correction, _beta, _neighbors, _strength, _standardize, _offsetOnly, _bankRows];

    private HubnessCorrection GetHubness(ParseResult result, string name)
    {
        var (beta, neighbors, strength) = (result.GetValue(_beta), result.GetValue(_neighbors), result.GetValue(_strength));
        if (beta is not null && name != "is")
            throw new UsageException($"--correction-beta says nothing to --correction {name}.");
        if (neighbors is not null && name != "csls")
            throw new UsageException($"--correction-neighbors says nothing to --correction {name}.");
        if (strength is not null && name == "none")
            throw new UsageException("--correction-strength says nothing to --correction none.");
        var hubness = name switch
        {
            "is" => beta is { } value ? HubnessCorrection.InvertedSoftmax(value) : HubnessCorrection.InvertedSoftmax(),
            "csls" => neighbors is { } count ? HubnessCorrection.LocalScaling(count) : HubnessCorrection.LocalScaling(),
            "none" => HubnessCorrection.None,
            _ => throw new UsageException($"There is no --correction '{name}'. There is {_correction.HelpName!.Replace("|", ", ", StringComparison.Ordinal)}."),
        };
        return strength is { } part ? hubness with { Strength = part } : hubness;
    }
}
