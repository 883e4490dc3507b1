using System.CommandLine;
using System.Globalization;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Options that several methods have: one of each, as they are one option of the command.</summary>
internal sealed class SharedOptions
{
    internal Option<string> Shrinkage { get; } = new("--shrinkage")
    {
        Description = "How far variances and covariances are drawn towards equal ones, from 0 to 1; whiten also takes ledoit-wolf and oas, align auto (by cross-validation).",
        HelpName = "0..1",
    };

    internal Option<int?> Keep { get; } = new Option<int?>("--keep") { Description = "How many dimensions to keep.", HelpName = "number" }.Within(1);

    internal Option<string> Towards { get; } = new("--towards") { Description = "The modality that the others are mapped onto.", HelpName = "name" };

    /// <summary>A number from 0 to 1.</summary>
    internal static double ParseAmount(string text, string option) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var amount) && amount is >= 0 and <= 1
            ? amount
            : throw new UsageException($"{option} takes a number from 0 to 1, but '{text}' was given.");

    /// <summary>A number, or how it is chosen.</summary>
    internal static CovarianceShrinkage ParseShrinkage(string text, string option) => text switch
    {
        "ledoit-wolf" => CovarianceShrinkage.LedoitWolf,
        "oas" => CovarianceShrinkage.OracleApproximating,
        _ => CovarianceShrinkage.Fixed(ParseAmount(text, option)),
    };
}
