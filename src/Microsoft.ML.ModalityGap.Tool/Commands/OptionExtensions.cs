using System.CommandLine;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>What options say of their values: ranges that are refused before anything is read, and choices that shells complete.</summary>
internal static class OptionExtensions
{
    private static readonly ConditionalWeakTable<Option, string> _groups = [];

    /// <summary>Puts an option under a heading of its own in the help.</summary>
    internal static void SetGroup(this Option option, string heading) => _groups.AddOrUpdate(option, heading);

    /// <summary>The heading an option has in the help; <see langword="null"/> for the common one.</summary>
    internal static string? GetGroup(this Option option) => _groups.TryGetValue(option, out var heading) ? heading : null;

    /// <summary>Refuses numbers outside a range. What is no number at all, the parser refuses.</summary>
    /// <param name="option">An option that takes a number.</param>
    /// <param name="minimum">The least.</param>
    /// <param name="maximum">The most; infinite for none.</param>
    internal static Option<T> Within<T>(this Option<T> option, double minimum, double maximum = double.PositiveInfinity)
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens is not [var token] || !double.TryParse(token.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || (value >= minimum && value <= maximum))
                return;
            var range = double.IsPositiveInfinity(maximum)
                ? string.Create(CultureInfo.InvariantCulture, $"from {minimum}")
                : string.Create(CultureInfo.InvariantCulture, $"from {minimum} to {maximum}");
            result.AddError($"{option.Name} takes a number {range}, but {token.Value} was given.");
        });
        return option;
    }

    /// <summary>Lets shells complete the values of an option.</summary>
    internal static Option<T> Completing<T>(this Option<T> option, params IEnumerable<string> values)
    {
        string[] names = [.. values];
        option.CompletionSources.Add(names);
        return option;
    }
}
