using System.Text;
using SkiaSharp;

namespace TinyClip;

/// <summary>
/// What is to be seen in a picture: one or two groups of objects on a background. Two scenes with the same content are equal, however they
/// were described: 'a star right of a square' is stored as 'a square left of a star'. Everything else (its split, its captions, the
/// small irregularities of its drawing) follows from the content alone.
/// </summary>
public sealed record Scene
{
    /// <summary>How many captions a scene has.</summary>
    public const int CaptionCount = 5;

    private readonly ulong _hash;

    /// <summary>A scene of one group.</summary>
    public Scene(SceneBackground background, SceneGroup group, ScenePosition position)
        : this(background, group, position, second: null)
    {
    }

    /// <summary>A scene of one group or two.</summary>
    /// <param name="background">What it is drawn on.</param>
    /// <param name="first">A group.</param>
    /// <param name="position">Where that group is.</param>
    /// <param name="second">Another group, opposite to the first; null for none.</param>
    /// <exception cref="ArgumentException">There are two groups and the first is in the middle, or together they have more than three objects.</exception>
    public Scene(SceneBackground background, SceneGroup first, ScenePosition position, SceneGroup? second)
    {
        ArgumentNullException.ThrowIfNull(first);
        if (second is not null && position == ScenePosition.Middle)
            throw new ArgumentException("Of two groups neither is in the middle; give left, right, top or bottom.", nameof(position));
        if (first.Count + (second?.Count ?? 0) is var count and > 3)
            throw new ArgumentException($"A scene has at most three objects, found {count}.", nameof(second));

        if (second is not null && position is ScenePosition.Right or ScenePosition.Bottom)
            (first, second, position) = (second, first, Opposite(position));
        (Background, First, Position, Second) = (background, first, position, second);
        _hash = Hash(ToString());
    }

    /// <summary>What the scene is drawn on.</summary>
    public SceneBackground Background { get; }

    /// <summary>The only group, or that on the left or at the top.</summary>
    public SceneGroup First { get; }

    /// <summary>Where <see cref="First"/> is; left or top if there are two groups.</summary>
    public ScenePosition Position { get; }

    /// <summary>The group on the right or at the bottom, if there are two.</summary>
    public SceneGroup? Second { get; }

    /// <summary>How many objects there are, 1 to 3.</summary>
    public int ObjectCount => First.Count + (Second?.Count ?? 0);

    /// <summary>The part of all scenes that this one belongs to, by its content.</summary>
    public SceneSplit Split => (_hash % 10) switch
    {
        0 => SceneSplit.Test,
        1 => SceneSplit.Validation,
        _ => SceneSplit.Train,
    };

    /// <summary>
    /// <see cref="CaptionCount"/> captions. The first tells everything; those after it leave out something now and then; the last tells
    /// only what and how many the objects are and how they stand to each other. Written anew at each call, always the same.
    /// </summary>
    public IReadOnlyList<string> Captions
    {
        get
        {
            var random = RandomFor("captions", variation: 0);
            var captions = new string[CaptionCount];
            for (var i = 0; i < captions.Length; i++)
            {
                var detail = i == 0 ? CaptionDetail.Full : i == captions.Length - 1 ? CaptionDetail.Brief : CaptionDetail.Usual;
                captions[i] = CaptionGrammar.Write(this, detail, ref random);
            }

            return captions;
        }
    }

    /// <summary>The scene with its two groups in each other's place; null if there is only one.</summary>
    public Scene? Swapped => Second is null ? null : new Scene(Background, Second, Position, First);

    /// <summary>Writes one more caption, drawn from the same grammar.</summary>
    public string WriteCaption(CaptionDetail detail, ref SplitMix64 random) => CaptionGrammar.Write(this, detail, ref random);

    /// <summary>Draws the scene, opaque and square.</summary>
    /// <param name="size">Width and height in pixels, at least 16.</param>
    /// <param name="variation">Which drawing of it: places, angles and shades differ a little. The data sets use 0.</param>
    /// <returns>A bitmap in RGBA order, for the caller to dispose of.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is under 16.</exception>
    public SKBitmap Render(int size, ulong variation = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 16);
        var bitmap = new SKBitmap(new SKImageInfo(size, size, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(bitmap);
        canvas.Scale(size);
        var random = RandomFor("drawing", variation);
        SceneRenderer.Draw(this, canvas, ref random);
        canvas.Flush();
        return bitmap;
    }

    /// <summary>Draws the scene as a PNG file's bytes.</summary>
    /// <inheritdoc cref="Render"/>
    public byte[] RenderPng(int size, ulong variation = 0)
    {
        using var bitmap = Render(size, variation);
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, quality: 100);
        return data.ToArray();
    }

    /// <summary>The scene in fixed words, for example <c>white, left: 1 small solid red star, right: 1 large striped blue square</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder().Append(Background).Append(", ").Append(Position).Append(": ").Append(First);
        if (Second is not null)
            text.Append(", ").Append(Opposite(Position)).Append(": ").Append(Second);
        return text.ToString().ToLowerInvariant();
    }

    internal static ScenePosition Opposite(ScenePosition position) => position switch
    {
        ScenePosition.Left => ScenePosition.Right,
        ScenePosition.Right => ScenePosition.Left,
        ScenePosition.Top => ScenePosition.Bottom,
        ScenePosition.Bottom => ScenePosition.Top,
        _ => position,
    };

    private SplitMix64 RandomFor(string purpose, ulong variation) => new(SplitMix64.Mix(_hash ^ Hash(purpose)) + (variation * 0xd1342543de82ef95));

    /// <summary>64-bit FNV-1a over ASCII text, its bits mixed once more since the lowest ones alone decide the split.</summary>
    private static ulong Hash(string text)
    {
        var hash = 0xcbf29ce484222325;
        foreach (var character in text)
            hash = (hash ^ character) * 0x100000001b3;
        return SplitMix64.Mix(hash);
    }
}
