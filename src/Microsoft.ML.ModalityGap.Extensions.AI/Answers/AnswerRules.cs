namespace Microsoft.ML.ModalityGap;

/// <summary>Which class an answer in words means: an exact answer of one of the options, or else the first option with a keyword in it.</summary>
/// <remarks>
/// Answers are compared in lower case and without white space. Exact answers of all options are tried before any keyword; keywords in the order of the options and, within an
/// option, in theirs. An answer that fits no option is not valid. Source: Lee, An, Thorne, Can Large Language Models Capture Dissenting Human Voices?, EMNLP 2023 (arXiv
/// 2305.13788). Where it differs: a keyword of several words can be found, for which the authors' code looks in a text that has no spaces any more.
/// </remarks>
public sealed class AnswerRules
{
    private readonly Dictionary<string, int> _exact = new(StringComparer.Ordinal);

    /// <summary>Creates the rules.</summary>
    /// <param name="options">The options, two or more.</param>
    /// <exception cref="ArgumentException">There are fewer than two, two of the same name, or two with the same exact answer.</exception>
    public AnswerRules(params IReadOnlyList<AnswerOption> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Count < 2)
            throw new ArgumentException($"A choice takes two options or more, but there are {options.Count}.", nameof(options));
        if (options.GroupBy(option => option.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ArgumentException($"There are {twice.Count()} options called '{twice.Key}'.", nameof(options));
        Options = [.. options];
        Names = [.. options.Select(option => option.Name)];
        for (var i = 0; i < options.Count; i++)
        {
            foreach (var answer in options[i].ExactAnswers)
            {
                if (!_exact.TryAdd(answer, i) && _exact[answer] != i)
                    throw new ArgumentException($"The exact answer '{answer}' means '{Names[_exact[answer]]}' as well as '{Names[i]}'.", nameof(options));
            }
        }
    }

    /// <summary>Natural language inference: <c>entailment</c>, <c>contradiction</c>, <c>neutral</c>, with the paper's keywords.</summary>
    public static AnswerRules NaturalLanguageInference { get; } = new(
        new AnswerOption("entailment", ["entailment"], ["1", "entail", "yes", "imply", "implies"]),
        new AnswerOption("contradiction", ["contradiction", "no"], ["2", "cont", "oppos", "negat"]),
        new AnswerOption("neutral", ["neutral"], ["3", "neut", "unanswerable", "null", "it is not possible to tell"]));

    /// <summary>Abductive inference: hypothesis <c>1</c> or <c>2</c>, with the paper's keywords.</summary>
    public static AnswerRules TwoHypotheses { get; } = new(new AnswerOption("1", ["hypothesis 1"], ["1"]), new AnswerOption("2", ["hypothesis 2"], ["2"]));

    /// <summary>Questions answered by <c>yes</c> or <c>no</c>, with the paper's keywords.</summary>
    public static AnswerRules YesNo { get; } = new(
        new AnswerOption("yes", ["yes"], ["1", "entail", "yes", "imply", "implies"]), new AnswerOption("no", ["no"], ["2", "cont", "oppos", "negat"]));

    /// <summary>The options, in the order their keywords are tried.</summary>
    public IReadOnlyList<AnswerOption> Options { get; }

    /// <summary>The classes, in the order of the options.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Rules for classes whose names are the answers and the keywords, such as those of a zero-shot classifier.</summary>
    /// <param name="names">The classes, two or more. Put a name that contains another one first: the first found counts.</param>
    /// <exception cref="ArgumentException">There are fewer than two, an empty one, or two that differ by letter case or white space only.</exception>
    public static AnswerRules FromNames(params IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return new AnswerRules([.. names.Select(name => new AnswerOption(name, [name], [name]))]);
    }

    /// <summary>The place of the option that an answer means, from 0; −1 for none.</summary>
    /// <param name="answer">What the model said.</param>
    public int FindOption(string answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        var text = AnswerOption.Normalize(answer);
        if (_exact.TryGetValue(text, out var option))
            return option;
        for (var i = 0; i < Options.Count; i++)
        {
            if (Options[i].Keywords.Any(keyword => text.Contains(keyword, StringComparison.Ordinal)))
                return i;
        }

        return -1;
    }
}
