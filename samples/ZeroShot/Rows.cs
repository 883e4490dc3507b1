using TinyClip;

namespace ZeroShot;

/// <summary>A drawn scene, what is said of it, and what it shows.</summary>
internal sealed class SceneRow
{
    public byte[] Png { get; set; } = [];

    public string Caption { get; set; } = "";

    /// <summary>Size, texture, colour and shape of a scene's first group.</summary>
    public string Label { get; set; } = "";

    /// <summary>All colours to be seen.</summary>
    public string[] Colors { get; set; } = [];

    /// <summary>The colour of each object: what so many people would say if each named the colour of another one.</summary>
    public string[] Votes { get; set; } = [];

    public static SceneRow Create(Scene scene) => new()
    {
        Votes = [.. new[] { scene.First, scene.Second }.OfType<SceneGroup>().SelectMany(group => Enumerable.Repeat(group.Color.ToString().ToLowerInvariant(), group.Count))],
        Png = scene.RenderPng(128),
        Caption = scene.Captions[0],
        Label = Name(scene.First),
        Colors = [.. new[] { scene.First, scene.Second }.OfType<SceneGroup>().Select(group => group.Color.ToString().ToLowerInvariant()).Distinct()],
    };

    public static string Name(SceneGroup group) => $"{group.Size} {group.Texture} {group.Color} {group.Shape}".ToLowerInvariant();
}

/// <summary>A scene, a caption that fits it more or less, and how much of it is right: from 0 to 4.</summary>
internal sealed class RatedRow
{
    public byte[] Png { get; set; } = [];

    public string Caption { get; set; } = "";

    public string Reference { get; set; } = "";

    public float Rating { get; set; }

    /// <summary>Of a scene's size, texture, colour and shape as many are kept as the rating says; the others are another scene's.</summary>
    public static RatedRow Create(Scene scene, SceneGroup other, int rating)
    {
        var own = scene.First;
        var told = new SceneGroup(
            1, rating > 0 ? own.Size : other.Size, rating > 1 ? own.Texture : other.Texture, rating > 2 ? own.Color : other.Color, rating > 3 ? own.Shape : other.Shape);
        return new RatedRow
        {
            Png = scene.RenderPng(128),
            Caption = "a " + told.ToString()[2..],
            Reference = scene.Captions[1],
            Rating = new[] { told.Size == own.Size, told.Texture == own.Texture, told.Color == own.Color, told.Shape == own.Shape }.Count(isRight => isRight),
        };
    }
}

/// <summary>What the prediction engine answers.</summary>
internal sealed class ScenePrediction
{
    public string[] TopLabels { get; set; } = [];

    public float[] TopScores { get; set; } = [];
}
