using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Microsoft.ML.ModalityGap;

/// <summary>The <c>normalizer</c> of a <c>tokenizer.json</c>: steps that each make a text of a text, by the rules of Hugging Face's tokenizers.</summary>
internal sealed class JsonNormalizer
{
    /// <summary>Longer than any replacement there is; bounds how a text can grow.</summary>
    private const int LongestReplacement = 64;

    private const char NoCharacter = '\uFFFE';

    private readonly List<Func<string, string>> _steps = [];
    private readonly string _source;

    /// <exception cref="InvalidDataException">There is a step of a kind that is not known, or a damaged one.</exception>
    internal JsonNormalizer(JsonElement? normalizer, string source)
    {
        _source = source;
        if (normalizer is { } element)
            Add(element);
    }

    /// <summary>Normalises a text. What grows beyond eight times its length is cut; no text encoder takes as much.</summary>
    /// <param name="text">The text, without lone surrogates.</param>
    internal string Normalize(string text)
    {
        var limit = Math.Max(1 << 16, 8 * (long)text.Length);
        foreach (var step in _steps)
        {
            text = step(text);
            if (text.Length > limit)
                text = text[..(int)(char.IsHighSurrogate(text[(int)limit - 1]) ? limit - 1 : limit)];
        }

        return text;
    }

    private void Add(JsonElement element)
    {
        var type = TokenizerJson.GetText(element, "type");
        switch (type)
        {
            case "Sequence":
                foreach (var step in TokenizerJson.GetArray(element, "normalizers", _source))
                    Add(step);
                break;
            case "Precompiled":
                AddPrecompiled(element);
                break;
            case "Replace":
                AddReplace(element);
                break;
            case "Prepend":
                var prefix = GetReplacement(element, "prepend");
                _steps.Add(text => text.Length == 0 ? text : prefix + text);
                break;
            case "Lowercase":
                _steps.Add(Lower);
                break;
            case "Strip":
                var (left, right) = (TokenizerJson.GetFlag(element, "strip_left"), TokenizerJson.GetFlag(element, "strip_right"));
                _steps.Add(text => Strip(text, left, right));
                break;
            case "StripAccents":
                _steps.Add(text => string.Concat(text.EnumerateRunes().Where(rune => Rune.GetUnicodeCategory(rune) != UnicodeCategory.NonSpacingMark)));
                break;
            case "NFC" or "NFD" or "NFKC" or "NFKD":
                var form = type switch
                {
                    "NFC" => NormalizationForm.FormC,
                    "NFD" => NormalizationForm.FormD,
                    "NFKC" => NormalizationForm.FormKC,
                    _ => NormalizationForm.FormKD,
                };
                if ("\u00E9".Normalize(NormalizationForm.FormD).Length != 2)
                    throw Error($"it needs Unicode's {type}, which .NET leaves out in globalization-invariant mode; install ICU and set DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=0");
                _steps.Add(text => ToForm(text, form));
                break;
            default:
                throw Error($"it has a normalizer of type '{type}', which is not known");
        }
    }

    private void AddPrecompiled(JsonElement element)
    {
        byte[] rules;
        try
        {
            rules = Convert.FromBase64String(TokenizerJson.GetText(element, "precompiled_charsmap") ?? "");
        }
        catch (FormatException exception)
        {
            throw new InvalidDataException($"{_source}: the 'precompiled_charsmap' of its normalizer is no base 64: {exception.Message}", exception);
        }

        if (CharacterMap.Read(rules, _source) is { } map)
            _steps.Add(text => Replace(text, map));
    }

    private void AddReplace(JsonElement element)
    {
        var content = GetReplacement(element, "content");
        if (!element.TryGetProperty("pattern", out var pattern))
            throw Error("a Replace of its normalizer has no pattern");
        if (TokenizerJson.GetText(pattern, "String") is { Length: > 0 } text)
            _steps.Add(input => input.Replace(text, content, StringComparison.Ordinal));
        else if (TokenizerJson.GetText(pattern, "Regex") is { Length: > 0 } expression)
            _steps.Add(Create(expression, content));
        else
            throw Error("a Replace of its normalizer has neither a String nor a Regex");
    }

    private Func<string, string> Create(string expression, string content)
    {
        var regex = TokenizerJson.CreateRegex(expression, _source);
        return text => regex.Replace(text, _ => content);
    }

    private string GetReplacement(JsonElement element, string name)
    {
        var content = TokenizerJson.GetText(element, name) ?? throw Error($"a step of its normalizer has no '{name}'");
        return content.Length <= LongestReplacement ? content
            : throw Error($"a step of its normalizer puts in {content.Length} characters; up to {LongestReplacement} are expected");
    }

    private static string Lower(string text)
    {
        var lower = new char[2 * text.Length]; // U+0130 takes two
        return new string(lower, 0, TextCleaner.Lower(text, lower, letterByLetter: true));
    }

    private static string Strip(string text, bool left, bool right) => (left, right) switch
    {
        (true, true) => text.Trim(),
        (true, false) => text.TrimStart(),
        (false, true) => text.TrimEnd(),
        _ => text,
    };

    /// <summary>U+FFFE, which .NET takes for an error, stands for itself.</summary>
    private static string ToForm(string text, NormalizationForm form) => text.Contains(NoCharacter)
        ? string.Join(NoCharacter, text.Split(NoCharacter).Select(part => part.Normalize(form)))
        : text.Normalize(form);

    /// <summary>What a reader takes for one character is replaced as a whole where it is short, else character by character; the shortest rule counts.</summary>
    private static string Replace(string text, CharacterMap map)
    {
        const int LongestWhole = 5;
        var result = new StringBuilder(text.Length);
        Span<byte> bytes = stackalloc byte[64];
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            var grapheme = rest[..StringInfo.GetNextTextElementLength(rest)];
            rest = rest[grapheme.Length..];
            if (grapheme.Length <= LongestWhole && Encoding.UTF8.TryGetBytes(grapheme, bytes, out var length) && length <= LongestWhole
                && map.Match(bytes[..length], longest: false, out var whole) > 0)
            {
                result.Append(Encoding.UTF8.GetString(whole));
                continue;
            }

            foreach (var rune in grapheme.EnumerateRunes())
            {
                var character = bytes[..rune.EncodeToUtf8(bytes)];
                if (map.Match(character, longest: false, out var replacement) > 0)
                    result.Append(Encoding.UTF8.GetString(replacement));
                else
                    result.Append(rune);
            }
        }

        return result.ToString();
    }

    private InvalidDataException Error(string what) => new($"{_source} is a tokenizer.json that cannot be followed: {what}.");
}
