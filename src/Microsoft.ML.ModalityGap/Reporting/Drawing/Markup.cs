using System.Globalization;
using System.Net;
using System.Text;

namespace Microsoft.ML.ModalityGap;

/// <summary>Text and numbers as HTML and SVG want them.</summary>
internal static class Markup
{
    /// <summary>Text that may hold anything, such as a column's name, as content or attribute value.</summary>
    internal static string Escape(string text)
    {
        if (text.AsSpan().ContainsAnyInRange('\0', '\u001f'))
        {
            // Control characters are not allowed in XML, not even escaped.
            text = string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character));
        }

        return WebUtility.HtmlEncode(text);
    }

    /// <summary>The beginning of a text that is too long for its place.</summary>
    internal static string Shorten(string text, int length) => text.Length <= length ? text : string.Concat(text.AsSpan(0, length - 1), "…");

    /// <summary>A coordinate: two decimals at most.</summary>
    internal static string Number(double value) => Math.Round(value, 2).ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>A measured value for readers: four significant decimals, or what stands for none.</summary>
    internal static string Value(double? value) => value is { } number ? number.ToString("0.0000;−0.0000", CultureInfo.InvariantCulture) : "–";

    /// <summary>A share of 1 as percent with one decimal.</summary>
    internal static string Percent(double share) => (share * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    /// <summary>A count with thousands set apart.</summary>
    internal static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    internal static StringBuilder AppendInvariant(this StringBuilder builder, [System.Runtime.CompilerServices.InterpolatedStringHandlerArgument(nameof(builder))] ref InvariantHandler handler) => builder;

    /// <summary>Appends an interpolated string in which numbers are coordinates and strings are markup.</summary>
    [System.Runtime.CompilerServices.InterpolatedStringHandler]
    internal readonly ref struct InvariantHandler
    {
        private readonly StringBuilder _builder;

        public InvariantHandler(int literalLength, int formattedCount, StringBuilder builder) => _builder = builder;

        public void AppendLiteral(string value) => _builder.Append(value);

        public void AppendFormatted(string? value) => _builder.Append(value);

        public void AppendFormatted(double value) => _builder.Append(Number(value));
    }
}
