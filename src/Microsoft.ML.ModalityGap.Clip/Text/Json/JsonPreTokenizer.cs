using System.Text.Json;
using System.Text.RegularExpressions;

namespace Microsoft.ML.ModalityGap;

/// <summary>The <c>pre_tokenizer</c> of a <c>tokenizer.json</c>: splits a normalised text into the parts that pieces stay within.</summary>
internal sealed class JsonPreTokenizer
{
    private delegate IEnumerable<string> Step(string part, bool isFirst);

    private readonly List<Step> _steps = [];
    private readonly string _source;

    /// <exception cref="InvalidDataException">There is one of a kind that is not known, or a damaged one.</exception>
    internal JsonPreTokenizer(JsonElement? preTokenizer, string source)
    {
        _source = source;
        if (preTokenizer is { } element)
            Add(element);
    }

    /// <summary>Splits a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isFirst">Whether nothing stands before it.</param>
    internal IEnumerable<string> Split(string text, bool isFirst)
    {
        IEnumerable<(string Text, bool IsFirst)> parts = [(text, isFirst)];
        foreach (var step in _steps)
            parts = parts.SelectMany(part => step(part.Text, part.IsFirst).Select((split, i) => (split, part.IsFirst && i == 0)));
        return parts.Select(part => part.Text).Where(part => part.Length > 0);
    }

    private void Add(JsonElement element)
    {
        var type = TokenizerJson.GetText(element, "type");
        switch (type)
        {
            case "Sequence":
                foreach (var step in TokenizerJson.GetArray(element, "pretokenizers", _source))
                    Add(step);
                break;
            case "WhitespaceSplit":
                _steps.Add((text, _) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
                break;
            case "Metaspace":
                AddMetaspace(element);
                break;
            case "Split":
                AddSplit(element);
                break;
            default:
                throw Error($"it has a pre_tokenizer of type '{type}', which is not known");
        }
    }

    private void AddMetaspace(JsonElement element)
    {
        var mark = TokenizerJson.GetText(element, "replacement") ?? "\u2581";
        if (mark.Length != 1)
            throw Error($"the replacement of its Metaspace, '{mark}', is not one character");
        var scheme = TokenizerJson.GetText(element, "prepend_scheme") ?? (TokenizerJson.GetFlag(element, "add_prefix_space", otherwise: true) ? "always" : "never");
        if (scheme is not ("always" or "first" or "never"))
            throw Error($"the prepend_scheme of its Metaspace is '{scheme}'; always, first or never are known");
        var splits = TokenizerJson.GetFlag(element, "split", otherwise: true);
        _steps.Add((text, isFirst) =>
        {
            text = text.Replace(' ', mark[0]);
            if (text.Length > 0 && text[0] != mark[0] && (scheme == "always" || (scheme == "first" && isFirst)))
                text = mark + text;
            return splits ? SplitBefore(text, mark[0]) : [text];
        });
    }

    private void AddSplit(JsonElement element)
    {
        if (!element.TryGetProperty("pattern", out var pattern))
            throw Error("a Split of its pre_tokenizer has no pattern");
        var expression = TokenizerJson.GetText(pattern, "String") is { Length: > 0 } text ? Regex.Escape(text) : TokenizerJson.GetText(pattern, "Regex");
        if (string.IsNullOrEmpty(expression))
            throw Error("a Split of its pre_tokenizer has neither a String nor a Regex");
        if (TokenizerJson.GetFlag(element, "invert"))
            throw Error("a Split of its pre_tokenizer is inverted");
        var behavior = TokenizerJson.GetText(element, "behavior");
        if (behavior is not ("Removed" or "Isolated" or "MergedWithPrevious" or "MergedWithNext"))
            throw Error($"a Split of its pre_tokenizer has the behavior '{behavior}'; Removed, Isolated, MergedWithPrevious and MergedWithNext are known");
        var regex = TokenizerJson.CreateRegex(expression, _source);
        _steps.Add((part, _) => SplitAt(part, regex, behavior));
    }

    private static IEnumerable<string> SplitBefore(string text, char mark)
    {
        var start = 0;
        for (var next = 1; start < text.Length; start = next++)
        {
            next = next < text.Length ? text.IndexOf(mark, next) : -1;
            if (next < 0)
                next = text.Length;
            yield return text[start..next];
        }
    }

    private static IEnumerable<string> SplitAt(string text, Regex regex, string behavior)
    {
        var start = 0;
        foreach (Match match in regex.Matches(text))
        {
            if (match.Length == 0)
                continue;
            var end = match.Index + match.Length;
            yield return text[start..(behavior == "MergedWithPrevious" ? end : match.Index)];
            if (behavior == "Isolated")
                yield return match.Value;
            start = behavior == "MergedWithNext" ? match.Index : end;
        }

        yield return text[start..];
    }

    private InvalidDataException Error(string what) => new($"{_source} is a tokenizer.json that cannot be followed: {what}.");
}
