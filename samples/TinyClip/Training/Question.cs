namespace TinyClip;

/// <summary>What an encoder is asked about a scene in its <see cref="Lesson"/>.</summary>
/// <param name="Name">What it asks for.</param>
/// <param name="Answers">How many answers there are.</param>
/// <param name="Answer">The right one, from 0; <see cref="NotAsked"/> where there is none.</param>
/// <param name="Weight">How much the question counts.</param>
internal sealed record Question(string Name, int Answers, Func<Scene, int> Answer, double Weight = 1)
{
    /// <summary>Marks what is not there.</summary>
    internal const int NotAsked = -100;

    private static readonly Question[] s_named =
    [
        new("count", 3, scene => scene.First.Count - 1),
        new("colour", 8, scene => (int)scene.First.Color),
        new("shape", 8, scene => (int)scene.First.Shape, Weight: 2),
        new("second count", 3, scene => scene.Second?.Count ?? 0),
        new("second colour", 8, scene => (int?)scene.Second?.Color ?? NotAsked),
        new("second shape", 8, scene => (int?)scene.Second?.Shape ?? NotAsked, Weight: 2),
    ];

    /// <summary>What can be seen: everything. The first group is the one on the left or at the top.</summary>
    internal static Question[] OfPictures { get; } =
    [
        .. s_named,
        new("background", 5, scene => (int)scene.Background),
        new("position", 5, scene => (int)scene.Position),
        new("size", 2, scene => (int)scene.First.Size),
        new("texture", 3, scene => (int)scene.First.Texture),
        new("second size", 2, scene => (int?)scene.Second?.Size ?? NotAsked),
        new("second texture", 3, scene => (int?)scene.Second?.Texture ?? NotAsked),
    ];

    /// <summary>What every caption tells, brief ones too.</summary>
    internal static Question[] OfCaptions { get; } = [.. s_named, new("relation", 2, scene => scene.Second is null ? NotAsked : scene.Position == ScenePosition.Left ? 0 : 1)];
}
