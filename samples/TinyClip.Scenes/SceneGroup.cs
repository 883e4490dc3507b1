using System.Globalization;

namespace TinyClip;

/// <summary>One to three objects that look the same and stand together.</summary>
/// <param name="Count">How many, 1 to 3.</param>
/// <param name="Size">How large each is.</param>
/// <param name="Texture">How each is filled.</param>
/// <param name="Color">The colour of each.</param>
/// <param name="Shape">What each is.</param>
public sealed record SceneGroup(int Count, SceneSize Size, SceneTexture Texture, SceneColor Color, SceneShape Shape)
{
    /// <summary>How many objects there are, 1 to 3.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not 1, 2 or 3.</exception>
    public int Count { get; init => field = Checked(value); } = Checked(Count);

    /// <summary>The group in fixed words, for example <c>1 small striped red star</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Count} {Size} {Texture} {Color} {Shape}").ToLowerInvariant();

    private static int Checked(int count) => count is >= 1 and <= 3
        ? count
        : throw new ArgumentOutOfRangeException(nameof(count), count, "A group has one to three objects.");
}
