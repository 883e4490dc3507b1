using System.Collections;

namespace NotebookRunner;

/// <summary>
/// What stands for a value in a notebook. Types say by a convention of names who formats them, so that neither side references the other: an attribute
/// <c>TypeFormatterSourceAttribute</c> names a class and the formats it prefers; the class makes formatters, each with a <c>MimeType</c> and a method <c>Format</c>, which
/// says whether it will do. This is the convention of .NET notebooks' kernels, and this class the one place that knows its names.
/// </summary>
public static class ValueFormatter
{
    /// <summary>The format of plain text.</summary>
    public const string PlainText = "text/plain";

    /// <summary>The format of HTML.</summary>
    public const string Html = "text/html";

    private const string Attribute = "TypeFormatterSourceAttribute";
    private const string SourceProperty = "FormatterSourceType";
    private const string PreferredProperty = "PreferredMimeTypes";
    private const string CreateMethod = "CreateTypeFormatters";
    private const string MimeTypeProperty = "MimeType";
    private const string FormatMethod = "Format";

    /// <summary>Formats a value.</summary>
    /// <param name="value">Any value.</param>
    /// <returns>Its texts in the formats its type prefers; of a type that says nothing, what <see cref="object.ToString"/> gives.</returns>
    public static IReadOnlyList<(string MimeType, string Text)> Format(object value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value is HtmlContent html)
            return [(Html, html.Html)];
        (string, string)[] shown = [.. FindPreferredFormats(value.GetType()).Select(format => (format, Text: Format(value, format))).Where(entry => entry.Text is not null)!];
        return shown.Length > 0 ? shown : [(PlainText, value.ToString() ?? "")];
    }

    /// <summary>Formats a value in one format.</summary>
    /// <returns>The text; null where the value's type does not know the format.</returns>
    public static string? Format(object value, string mimeType)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (FindAttribute(value.GetType()) is not { } attribute || Get<Type>(attribute, SourceProperty) is not { } source)
            return null;
        var formatters = (IEnumerable)source.GetMethod(CreateMethod)!.Invoke(Activator.CreateInstance(source), null)!;
        foreach (var formatter in formatters)
        {
            using var writer = new StringWriter();
            if (Get<string>(formatter, MimeTypeProperty) == mimeType && (bool)formatter.GetType().GetMethod(FormatMethod)!.Invoke(formatter, [value, writer])!)
                return writer.ToString();
        }

        return null;
    }

    /// <summary>The formats that a type prefers; none of a type that says nothing.</summary>
    public static IReadOnlyList<string> FindPreferredFormats(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return FindAttribute(type) is { } attribute ? Get<string[]>(attribute, PreferredProperty) ?? [] : [];
    }

    private static object? FindAttribute(Type type) => type.GetCustomAttributes(inherit: true).FirstOrDefault(attribute => attribute.GetType().Name == Attribute);

    private static T? Get<T>(object instance, string property)
        where T : class =>
        instance.GetType().GetProperty(property)?.GetValue(instance) as T;
}
