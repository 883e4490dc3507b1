using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>The id of a row of an <see cref="EmbeddingIndex"/>: a text or a number. Converts from both.</summary>
public readonly record struct EmbeddingId
{
    private readonly string? _text;

    /// <summary>A text as an id.</summary>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is null.</exception>
    public EmbeddingId(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        _text = text;
    }

    /// <summary>A number as an id.</summary>
    public EmbeddingId(long number)
    {
        Number = number;
    }

    /// <summary>Whether the id is a number.</summary>
    public bool IsNumber => _text is null;

    /// <summary>The number; 0 where the id is a text.</summary>
    public long Number { get; }

    /// <summary>The text, or the number's digits.</summary>
    public override string ToString() => _text ?? Number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A text as an id.</summary>
    public static implicit operator EmbeddingId(string text) => new(text);

    /// <summary>A number as an id.</summary>
    public static implicit operator EmbeddingId(long number) => new(number);

    /// <summary>A text as an id.</summary>
    public static EmbeddingId FromString(string text) => new(text);

    /// <summary>A number as an id.</summary>
    public static EmbeddingId FromInt64(long number) => new(number);
}
