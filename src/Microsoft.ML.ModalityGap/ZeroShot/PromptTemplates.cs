using System.Collections;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Sentences with a placeholder for the name of a class, such as <c>a photo of a {}.</c> Averaging a class's embedding over several of them makes it depend
/// less on the words around the name.
/// </summary>
/// <remarks>
/// The placeholder is <c>{}</c>, or <c>{0}</c> as in .NET's formats; all of them in a template are replaced, and no other brace means anything. The presets'
/// wording is this library's own; the idea of such a set is Radford et al.'s, Learning Transferable Visual Models From Natural Language Supervision (2021).
/// </remarks>
/// <example>
/// <code>
/// var templates = new PromptTemplates("an x-ray of {}.", "{}, seen by a radiologist.");
/// </code>
/// </example>
public sealed partial class PromptTemplates : IReadOnlyList<string>
{
    private static readonly string[] _placeholders = ["{}", "{0}"];

    private readonly string[] _templates;

    /// <summary>Creates a set.</summary>
    /// <param name="templates">At least one, each with a placeholder, no two the same.</param>
    /// <exception cref="ArgumentException">There is no template, one without a placeholder, or the same twice.</exception>
    public PromptTemplates(params IEnumerable<string> templates)
    {
        ArgumentNullException.ThrowIfNull(templates);
        _templates = [.. templates];
        if (_templates.Length == 0)
            throw new ArgumentException("At least one template is needed; the name alone is the template '{}'.", nameof(templates));
        for (var i = 0; i < _templates.Length; i++)
        {
            if (_templates[i] is null || !_placeholders.Any(placeholder => _templates[i].Contains(placeholder, StringComparison.Ordinal)))
                throw new ArgumentException($"Template {i}, '{_templates[i]}', has no placeholder '{{}}' for the class's name, so it would say the same of every class.", nameof(templates));
            if (Array.IndexOf(_templates, _templates[i], 0, i) is >= 0 and var first)
                throw new ArgumentException($"Templates {first} and {i} are both '{_templates[i]}'; it would weigh twice.", nameof(templates));
        }
    }

    /// <inheritdoc />
    public int Count => _templates.Length;

    /// <inheritdoc />
    public string this[int index] => _templates[index];

    /// <summary>Reads templates from a UTF-8 file with one in each line; empty lines are passed over.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is not in UTF-8, or holds no template, one without a placeholder, or the same twice.</exception>
    /// <exception cref="IOException">It is a pipe or a device, or cannot be read.</exception>
    public static PromptTemplates FromFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var lines = Utf8Lines.Read(path).Select(line => line.Trim()).Where(line => line.Length > 0).ToArray();
        try
        {
            return new PromptTemplates(lines);
        }
        catch (ArgumentException exception)
        {
            throw new InvalidDataException($"'{path}': {exception.Message.Replace($" (Parameter 'templates')", "", StringComparison.Ordinal)}", exception);
        }
    }

    /// <summary>The sentences for one class, in the order of the templates.</summary>
    /// <param name="className">What replaces the placeholders.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public IReadOnlyList<string> Fill(string className)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(className);
        return Array.ConvertAll(_templates, template => _placeholders.Aggregate(template, (text, placeholder) => text.Replace(placeholder, className, StringComparison.Ordinal)));
    }

    /// <inheritdoc />
    public IEnumerator<string> GetEnumerator() => ((IEnumerable<string>)_templates).GetEnumerator();

    /// <inheritdoc />
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>How many there are, and the first.</summary>
    public override string ToString() => _templates.Length == 1 ? _templates[0] : $"{_templates[0]} and {_templates.Length - 1} more";
}
