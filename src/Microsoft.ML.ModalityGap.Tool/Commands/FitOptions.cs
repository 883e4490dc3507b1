using System.CommandLine;
using System.Globalization;

namespace Microsoft.ML.ModalityGap.Tool;

using Command = System.CommandLine.Command; // Microsoft.ML.Command is a namespace

/// <summary>What says how to fit, and on which rows: options of <c>fit</c>, and of <c>evaluate --holdout</c>.</summary>
internal sealed class FitOptions
{
    private readonly IReadOnlyList<FitMethod> _methods = FitMethods.All;

    private readonly Option<string> _method;

    private readonly Option<bool> _noNormalize = new("--no-normalize")
    {
        Description = "Fit and map the rows as they are; without it they are normalised first.",
    };

    private readonly Option<bool> _skipUnusable = new("--skip-unusable")
    {
        Description = "Leave rows with NaN, infinity or only zeros out; without it they are an error.",
    };

    private readonly Option<string> _holdout = new("--holdout")
    {
        Description = "Hold a random share of the rows out, such as 0.5: fit on the others, and measure before and after on these.",
        HelpName = "share",
    };

    private readonly Option<int> _seed = new("--seed")
    {
        Description = "Seeds what is random: the rows held out, and those on which separability is measured. Default 0.",
        HelpName = "number",
    };

    internal FitOptions()
    {
        _method = new Option<string>("--method")
        {
            Description = $"How to fit; default {FitMethods.Paired} for two modalities whose rows are pairs, else {FitMethods.Unpaired}:\n{string.Join("\n", _methods.Select(method => $"{method.Name}: {method.Description};"))[..^1]}.",
            HelpName = "name",
        }.Completing(_methods.Select(method => method.Name));
    }

    internal void AddTo(Command command)
    {
        command.Options.Add(_method);
        command.Options.Add(_noNormalize);
        command.Options.Add(_skipUnusable);
        command.Options.Add(_holdout);
        command.Options.Add(_seed);
        foreach (var option in _methods.SelectMany(method => method.Options).Distinct())
        {
            option.SetGroup($"Options of --method {string.Join(", ", _methods.Where(method => method.Options.Contains(option)).Select(method => method.Name))}");
            command.Options.Add(option);
        }
    }

    /// <summary>The method that <c>--method</c> names, looked at before files are; <see langword="null"/> without it.</summary>
    /// <exception cref="UsageException">There is no such method, or an option is given that it does not have.</exception>
    internal FitMethod? FindMethod(ParseResult result)
    {
        if (result.GetValue(_method) is not { } name)
        {
            return FindMethodOptions(result).FirstOrDefault() is { } lost
                ? throw new UsageException($"{lost.Name} is an option of {ListMethods(lost)}; name the method, too.")
                : null;
        }

        var method = _methods.FirstOrDefault(method => method.Name == name)
            ?? throw Suggestion.CreateException("method", name, _methods.Select(method => method.Name));
        if (FindMethodOptions(result).FirstOrDefault(option => !method.Options.Contains(option)) is { } foreign)
        {
            throw new UsageException(
                $"{foreign.Name} is an option of {ListMethods(foreign)}, not of {name}.");
        }

        return method;
    }

    /// <summary>The method that <c>--method</c> names, or the one to be recommended for such files.</summary>
    /// <exception cref="UsageException">There is no such method, or an option is given that it does not have.</exception>
    internal FitMethod GetMethod(ParseResult result, ModalityInput input) =>
        FindMethod(result) ?? _methods.First(method => method.Name == FitMethods.ChooseDefault(input));

    /// <summary>The same for statistics.</summary>
    internal FitMethod GetMethod(ParseResult result, MergedStatistics statistics) =>
        FindMethod(result) ?? _methods.First(method => method.Name == FitMethods.ChooseDefault(statistics.IsPaired, statistics.Dimensions));

    /// <summary>The first option about rows, which statistics have none of.</summary>
    internal string? FindRowOption(ParseResult result) => ((Option[])[_holdout, _skipUnusable]).FirstOrDefault(option => result.GetResult(option) is { Implicit: false })?.Name;

    internal FitSettings GetSettings(ParseResult result) => new(!result.GetValue(_noNormalize), GetUnusableRows(result), GetSeed(result), result);

    /// <summary>The same, with a correction of similarities where one is asked for.</summary>
    internal FitSettings GetSettings(ParseResult result, CorrectionOptions correction) =>
        GetSettings(result) with { Correction = correction.Get(result, GetUnusableRows(result), GetSeed(result)) };

    internal UnusableRows GetUnusableRows(ParseResult result) => result.GetValue(_skipUnusable) ? UnusableRows.Skip : UnusableRows.Throw;

    internal int GetSeed(ParseResult result) => result.GetValue(_seed);

    internal bool HasHoldout(ParseResult result) => result.GetValue(_holdout) is not null;

    internal double? GetHoldoutShare(ParseResult result) => result.GetValue(_holdout) is { } share ? ParseShare(share) : null;

    internal Holdout? GetHoldout(ParseResult result, long rowCount) =>
        result.GetValue(_holdout) is { } share ? new Holdout(rowCount, ParseShare(share), GetSeed(result)) : null;

    /// <summary>The first option that only has a meaning when something is fitted, if one was given.</summary>
    internal string? FindFitOnlyOption(ParseResult result) =>
        result.GetValue(_method) is not null ? _method.Name : result.GetValue(_noNormalize) ? _noNormalize.Name : FindMethodOptions(result).FirstOrDefault()?.Name;

    private string ListMethods(Option option) => string.Join(", ", _methods.Where(method => method.Options.Contains(option)).Select(method => $"--method {method.Name}"));

    /// <summary>The options of methods that were given.</summary>
    private IEnumerable<Option> FindMethodOptions(ParseResult result) =>
        _methods.SelectMany(method => method.Options).Where(option => result.GetResult(option) is { Implicit: false });

    private static double ParseShare(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var share) && share is > 0 and < 1
            ? share
            : throw new UsageException($"--holdout takes the share of rows to measure on, between 0 and 1, such as 0.5, but '{text}' was given.");
}
