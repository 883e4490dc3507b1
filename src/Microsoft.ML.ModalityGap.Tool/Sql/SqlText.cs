using System.Globalization;
using System.Text;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Names, texts, numbers and vectors as SQL writes them.</summary>
internal static class SqlText
{
    // PostgreSQL cuts longer names, so that two might become one; some bytes are left for what is put behind.
    private const int LongestName = 50;

    /// <summary>A name as it is, whatever is in it.</summary>
    /// <exception cref="UsageException">The name is too long.</exception>
    internal static string QuoteName(string name) => Encoding.UTF8.GetByteCount(name) <= LongestName && !name.Contains('\0', StringComparison.Ordinal)
        ? $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
        : throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"'{name}' is too long for a name in SQL: at most {LongestName} bytes."));

    /// <summary>The body of a function between marks that do not occur in it.</summary>
    internal static string QuoteBody(string body)
    {
        var mark = "$f$";
        for (var number = 0; body.Contains(mark, StringComparison.Ordinal); number++)
            mark = string.Create(CultureInfo.InvariantCulture, $"$f{number}$");
        return $"{mark}\n{body}\n{mark}";
    }

    internal static string QuoteText(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>A number that is read back as the same.</summary>
    internal static string Format(double value) => value < 0 ? $"({value.ToString("R", CultureInfo.InvariantCulture)})" : value.ToString("R", CultureInfo.InvariantCulture);

    /// <inheritdoc cref="Format(double)"/>
    internal static string Format(int value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Values between brackets, which are read back as the same.</summary>
    internal static string Values(ReadOnlySpan<float> values)
    {
        var text = new StringBuilder("[");
        foreach (var value in values)
            text.Append(text.Length > 1 ? "," : "").Append(value.ToString("R", CultureInfo.InvariantCulture));
        return text.Append(']').ToString();
    }
}
