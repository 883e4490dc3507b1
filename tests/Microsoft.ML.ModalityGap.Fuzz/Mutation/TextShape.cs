using System.Globalization;
using System.Text;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>Text with a grammar, such as JSON: numbers, quoted texts, words and signs are exchanged, doubled, dropped, nested.</summary>
/// <param name="words">What the reader knows, and values that are special to it.</param>
internal sealed class TextShape(params string[] words) : InputShape
{
    private static readonly string[] _numbers =
    [
        "0", "-0", "1", "-1", "2", "3.5", "1e999", "-1e999", "1e-999", "NaN", "Infinity", "2147483647", "2147483648", "-2147483649", "4294967296", "9223372036854775807", "9223372036854775808", "18446744073709551616", "1e5", "0.1",
        "100000000", "46341", "65536", "1E400", "00", "0x10",
    ];

    private static readonly string[] _texts = ["", " ", "\\u0000", "\\ud800", "\\udc00", "\u00e9", "\u2581", "a", "../../etc", "<|endoftext|>", "\\", "\"", "\u0130", "\U0001F600", "\r", "\n", "\t", "\ufeff", "\u0000"];

    internal override byte[] Mutate(byte[] parent, FuzzRandom random)
    {
        var text = Encoding.UTF8.GetString(parent);
        for (var rounds = 1 + (random.Chance(0.6) ? 0 : random.Next(5)); rounds > 0; rounds--)
            text = Change(text, random);
        return Encoding.UTF8.GetBytes(text);
    }

    private string Change(string text, FuzzRandom random)
    {
        var (start, length) = FindToken(text, random);
        string Replace(string by) => string.Concat(text.AsSpan(0, start), by, text.AsSpan(start + length));
        var token = text.Substring(start, length);
        switch (random.Next(11))
        {
            case 0:
                return Replace("");
            case 1:
                return Replace(token + token);
            case 2:
                return Replace(random.Pick(_numbers));
            case 3:
                return Replace(random.NextNumber().ToString(CultureInfo.InvariantCulture));
            case 4 when words.Length > 0:
                return Replace(token.StartsWith('"') ? $"\"{random.Pick(words)}\"" : random.Pick(words));
            case 5:
                return Replace($"\"{random.Pick(_texts)}\"");
            case 6:
                return Replace(random.Pick<string>(["null", "true", "[]", "{}", "[{}]", "[[]]", ",", ":", "{\"a\":1}", "[1,2]"]));
            case 7:
                var (otherStart, otherLength) = FindToken(text, random);
                return Replace(text.Substring(otherStart, otherLength));
            case 8:
                // Mostly no deeper than parsers allow, now and then far deeper.
                var depth = 1 + random.Next(random.Chance(0.9) ? 70 : 20_000);
                return Replace(random.Chance(0.5) ? new string('[', depth) + token + new string(']', depth) : Repeat("{\"a\":", depth) + token + new string('}', depth));
            case 9:
                return random.Chance(0.8) ? Replace(random.Pick(_texts)) : Replace(new string((char)('a' + random.Next(26)), 1 + random.Next(20_000)));
            default:
                // A piece from one place to another.
                var piece = Math.Min(text.Length - start, 1 + random.Next(200));
                var copy = text.Substring(start, piece);
                var target = random.Next(text.Length + 1);
                return text.Insert(target, copy);
        }
    }

    private static string Repeat(string text, int count) => new StringBuilder().Insert(0, text, count).ToString();

    private static (int Start, int Length) FindToken(string text, FuzzRandom random)
    {
        if (text.Length == 0)
            return (0, 0);
        var start = random.Next(text.Length);
        var kind = Classify(text[start]);
        if (kind == Kind.Sign && text[start] == '"')
        {
            var end = text.IndexOf('"', start + 1);
            return (start, end < 0 ? 1 : end - start + 1);
        }

        if (kind == Kind.Sign)
            return (start, 1);
        while (start > 0 && Classify(text[start - 1]) == kind)
            start--;
        var length = 1;
        while (start + length < text.Length && Classify(text[start + length]) == kind)
            length++;

        // A quoted text as a whole, every other time.
        return start > 0 && start + length < text.Length && text[start - 1] == '"' && text[start + length] == '"' && random.Chance(0.5) ? (start - 1, length + 2) : (start, length);
    }

    private static Kind Classify(char letter) => char.IsLetterOrDigit(letter) || letter is '_' or '-' or '.' or '+' ? Kind.Word : char.IsWhiteSpace(letter) ? Kind.Space : Kind.Sign;

    private enum Kind
    {
        Word,
        Space,
        Sign,
    }
}
