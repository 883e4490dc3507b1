namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>What an option can be, by the words that are typed for it, in the order of the help.</summary>
internal sealed class Choices<T>
{
    private readonly T[] _values;

    internal Choices(params (string Name, T Value)[] choices)
    {
        Names = new string[choices.Length];
        _values = new T[choices.Length];
        for (var i = 0; i < choices.Length; i++)
            (Names[i], _values[i]) = choices[i];
    }

    internal string[] Names { get; }

    /// <summary>The words as the help shows them in place of a value.</summary>
    internal string HelpName => string.Join('|', Names);

    /// <param name="name">What was typed.</param>
    /// <param name="option">What the words are for.</param>
    /// <exception cref="UsageException">It is none of the words.</exception>
    internal T Find(string name, string option) => Array.IndexOf(Names, name) is >= 0 and var i ? _values[i] : throw Suggestion.CreateException(option, name, Names);
}
