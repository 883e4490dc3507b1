using System.Globalization;
using System.Text.RegularExpressions;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>A loss as one types it: terms such as <c>infonce(100,0.1) + 0.5*uniformity</c>. Arguments are numbers, and may be left out from the right.</summary>
internal static partial class LossExpression
{
    private static readonly (string Name, string[] Parameters, Func<double?[], Loss> Create)[] _losses =
    [
        ("infonce", ["scale", "smoothing"], given => Loss.InfoNCE(Scale(given[0]), given[1] ?? 0)),
        ("cross-consistency", [], _ => Loss.CrossModalConsistency()),
        ("in-consistency", [], _ => Loss.InModalConsistency()),
        ("infoloob", ["scale"], given => Loss.InfoLOOB(Scale(given[0]))),
        ("cloob", ["inverse temperature"], given => Loss.Cloob(given[0] ?? 14.3)),
        ("alignment", [], _ => Loss.Alignment()),
        ("uniformity", ["t"], given => Loss.Uniformity(given[0] ?? 2)),
        ("cross-uniformity", ["t"], given => Loss.CrossModalUniformity(given[0] ?? 2)),
        ("mixup", ["scale", "alpha"], given => Loss.GeodesicMixup(Scale(given[0]), given[1] ?? 0.5)),
        ("decoupled", ["scale", "weight temperature"], given => Loss.DecoupledContrastive(Scale(given[0]), given[1])),
        ("weighted", ["scale"], given => Loss.ContinuouslyWeighted(scale: Scale(given[0]))),
        ("sigmoid", ["scale", "bias"], given => Loss.Sigmoid(Scale(given[0]), given[1] ?? -10, learnsBias: given[1] is null)),
    ];

    /// <summary>The losses with what they take.</summary>
    internal static string Help => string.Join(", ", _losses.Select(loss => loss.Parameters.Length == 0 ? loss.Name : $"{loss.Name}({string.Join(", ", loss.Parameters)})"));

    /// <exception cref="UsageException">It is no loss.</exception>
    internal static Loss Parse(string text) => text.Split('+').Select(ParseTerm).Aggregate((sum, term) => sum + term);

    private static Loss ParseTerm(string text)
    {
        var match = TermPattern().Match(text);
        if (!match.Success)
            throw new UsageException($"'{text.Trim()}' is no term of a loss. Write such as infonce(100, 0.1) + 0.5*uniformity.");

        var name = match.Groups["name"].Value;
        if (Array.Find(_losses, loss => loss.Name == name) is not { Name: not null } found)
            throw Suggestion.CreateException("loss", name, _losses.Select(loss => loss.Name));
        var arguments = match.Groups["arguments"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(ParseNumber).ToList();
        if (arguments.Count > found.Parameters.Length)
            throw new UsageException($"{name} takes {(found.Parameters.Length == 0 ? "nothing" : string.Join(", ", found.Parameters))}, but {arguments.Count} numbers are given.");

        var loss = found.Create([.. arguments.Select(value => (double?)value), .. new double?[found.Parameters.Length - arguments.Count]]);
        return match.Groups["weight"].Value is { Length: > 0 } weight ? ParseNumber(weight) * loss : loss;
    }

    private static double ParseNumber(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : throw new UsageException($"'{text}' in the loss is no number.");

    private static LogitScale? Scale(double? value) => value is { } given ? LogitScale.Fixed(given) : null;

    [GeneratedRegex(@"^\s*(?:(?<weight>[^*()]+?)\s*\*\s*)?(?<name>[a-z-]+)\s*(?:\(\s*(?<arguments>[^()]*)\))?\s*$")]
    private static partial Regex TermPattern();
}
