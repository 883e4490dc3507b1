namespace TinyClip;

/// <summary>Draws lots of scenes: the same from the same seed on every machine.</summary>
public static class SceneDataset
{
    /// <summary>Different scenes of one split.</summary>
    /// <param name="split">The split they all belong to.</param>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="seed">Where the drawing of lots starts.</param>
    /// <param name="where">Takes only scenes for which this is true; null takes all.</param>
    /// <returns>No two of them equal, in the order in which they were drawn.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is not positive.</exception>
    /// <exception cref="InvalidOperationException">So many different scenes of that kind were not found in reasonable time.</exception>
    public static IReadOnlyList<Scene> Create(SceneSplit split, int count, ulong seed, Func<Scene, bool>? where = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var random = new SplitMix64(seed);
        var scenes = new List<Scene>(count);
        var known = new HashSet<Scene>(count);
        for (var tries = 0L; scenes.Count < count; tries++)
        {
            if (tries > 10_000 + (1_000L * count))
                throw new InvalidOperationException($"Found only {scenes.Count} different scenes of the {split} split that fit, of {count}; ask for fewer.");
            var scene = DrawLots(ref random);
            if (scene.Split == split && (where is null || where(scene)) && known.Add(scene))
                scenes.Add(scene);
        }

        return scenes;
    }

    /// <summary>Any scene, of any split: 40 of 100 have one group, the others two.</summary>
    public static Scene DrawLots(ref SplitMix64 random)
    {
        var background = random.Pick<SceneBackground>(Enum.GetValues<SceneBackground>());
        if (random.Chance(0.4))
        {
            var count = random.Chance(0.5) ? 1 : 2 + random.Next(2);
            return new Scene(background, DrawGroup(count, ref random), random.Pick<ScenePosition>(Enum.GetValues<ScenePosition>()));
        }

        var (first, second) = random.Pick<(int, int)>([(1, 1), (1, 1), (1, 2), (2, 1)]);
        var position = random.Pick<ScenePosition>([ScenePosition.Left, ScenePosition.Top]);
        return new Scene(background, DrawGroup(first, ref random), position, DrawGroup(second, ref random));
    }

    private static SceneGroup DrawGroup(int count, ref SplitMix64 random)
    {
        var size = random.Pick<SceneSize>(Enum.GetValues<SceneSize>());
        var texture = random.Pick<SceneTexture>(Enum.GetValues<SceneTexture>());
        var color = random.Pick<SceneColor>(Enum.GetValues<SceneColor>());
        return new SceneGroup(count, size, texture, color, random.Pick<SceneShape>(Enum.GetValues<SceneShape>()));
    }
}
