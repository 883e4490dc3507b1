using System.Text;

namespace Microsoft.ML.ModalityGap.Tests.Clip.Text;

/// <summary>Texts to torture a tokenizer with.</summary>
internal static class RandomText
{
    private static readonly string[] _pieces =
    [
        "a", "photo", "cats", " ", "  ", "\t", "\r\n", "'s", "'ll", "12", "!!!", "<|endoftext|>", "&amp;", "&#x1F431;", "&#", "&notit", "e\u0301",
        "\U0001F469\u200D\U0001F467", "\uD800", "\uDC00",
        "\u0000", "\uFFFF", "\u0130", "\u03A3", "\u0345", "\u6771\u4EAC", "\U00010400", "\u200B", "\uFEFF", "\u202E",
    ];

    /// <summary>Any UTF-16 units at all, lone surrogates included, among pieces with a meaning.</summary>
    public static string CreateAny(Random random, int length)
    {
        var text = new StringBuilder();
        while (text.Length < length)
        {
            if (random.Next(2) == 0)
                text.Append(_pieces[random.Next(_pieces.Length)]);
            else
                text.Append((char)random.Next(0x10000));
        }

        return text.ToString(0, length);
    }

    /// <summary>Characters of the basic plane, without those for which lower case or the reference's white space differ from .NET's.</summary>
    public static string CreateBasicPlane(Random random, int length) => string.Create(length, random, static (text, random) =>
    {
        const string Common = "aaaeeoothpcdgsnyw  '!é東京12";
        for (var i = 0; i < text.Length; i++)
        {
            char c;
            do
                c = random.Next(3) > 0 ? Common[random.Next(Common.Length)] : (char)random.Next(0x20, 0xD800);
            while (c is '\u0130' or '\u03A3' or '\u0345' or '\u017F');
            text[i] = c;
        }
    });

    public static string CreateFrom(Random random, string characters, int length) =>
        string.Create(length, (random, characters), static (text, state) =>
        {
            for (var i = 0; i < text.Length; i++)
                text[i] = state.characters[state.random.Next(state.characters.Length)];
        });
}
