namespace Microsoft.ML.ModalityGap;

/// <summary>One of the classes that a language model is asked to choose from, and how its choice is recognised.</summary>
public sealed class AnswerOption
{
    /// <summary>Creates the option.</summary>
    /// <param name="name">The class, as people's votes name it.</param>
    /// <param name="exactAnswers">Answers that mean this class when they are the whole answer. Letter case and white space do not count.</param>
    /// <param name="keywords">What means this class wherever it stands in an answer. Letter case and white space do not count.</param>
    /// <exception cref="ArgumentException">The name, an exact answer or a keyword is empty, or there is neither an exact answer nor a keyword.</exception>
    public AnswerOption(string name, IEnumerable<string> exactAnswers, IEnumerable<string> keywords)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(exactAnswers);
        ArgumentNullException.ThrowIfNull(keywords);
        Name = name;
        ExactAnswers = Normalize(exactAnswers, nameof(exactAnswers));
        Keywords = Normalize(keywords, nameof(keywords));
        if (ExactAnswers.Count == 0 && Keywords.Count == 0)
            throw new ArgumentException($"The option '{name}' has neither an exact answer nor a keyword, so that no answer could ever mean it.", nameof(keywords));
    }

    /// <summary>The class.</summary>
    public string Name { get; }

    /// <summary>The exact answers, in lower case and without white space.</summary>
    public IReadOnlyList<string> ExactAnswers { get; }

    /// <summary>The keywords in the order they are looked for, in lower case and without white space.</summary>
    public IReadOnlyList<string> Keywords { get; }

    /// <summary>A text in lower case and without white space.</summary>
    internal static string Normalize(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c))).ToLowerInvariant();

    private static string[] Normalize(IEnumerable<string> texts, string parameterName) =>
    [
        .. texts.Select(text => string.IsNullOrWhiteSpace(text) ? throw new ArgumentException("An empty text would be found in every answer.", parameterName) : Normalize(text)),
    ];
}
