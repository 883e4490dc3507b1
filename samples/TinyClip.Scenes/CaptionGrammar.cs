namespace TinyClip;

/// <summary>Writes captions: lower-case English with synonyms, several word orders, and objects whose order cannot be swapped without a change of meaning.</summary>
internal static class CaptionGrammar
{
    private static readonly string[] s_openings = ["", "", "", "", "a drawing of ", "a picture of ", "a photo of "];

    private static readonly string[] s_backgroundForms =
        ["{0} on a {1} background", "{0} on a {1} background", "{0} against a {1} background", "{0} on {1}", "on a {1} background, {0}"];

    internal static string Write(Scene scene, CaptionDetail detail, ref SplitMix64 random)
    {
        var caption = scene.Second is null ? WriteOne(scene, detail, ref random) : WriteTwo(scene, scene.Second, detail, ref random);
        if (detail == CaptionDetail.Brief || Omits(detail, 0.25, ref random))
            return caption;

        return string.Format(null, random.Pick<string>(s_backgroundForms), caption, Word(scene.Background, ref random));
    }

    private static string WriteOne(Scene scene, CaptionDetail detail, ref SplitMix64 random)
    {
        var group = WriteGroup(scene.First, detail, ref random);
        if (detail == CaptionDetail.Brief || Omits(detail, 0.2, ref random))
            return random.Pick<string>(s_openings) + group;

        var place = PlaceOf(scene.Position, ref random);
        return random.Next(5) switch
        {
            0 => $"{place}, {group}",
            1 => $"{place} there {(scene.First.Count == 1 ? "is" : "are")} {group}",
            _ => $"{random.Pick<string>(s_openings)}{group} {place}",
        };
    }

    /// <summary>The same relation either way round: 'a left of b' and 'b right of a'.</summary>
    private static string WriteTwo(Scene scene, SceneGroup second, CaptionDetail detail, ref SplitMix64 random)
    {
        var (a, b, position) = random.Chance(0.5)
            ? (scene.First, second, scene.Position)
            : (second, scene.First, Scene.Opposite(scene.Position));
        var former = WriteGroup(a, detail, ref random);
        var latter = WriteGroup(b, detail, ref random);
        var (place, otherPlace) = (PlaceOf(position, ref random), PlaceOf(Scene.Opposite(position), ref random));
        return random.Next(8) switch
        {
            0 => $"{former} {place} and {latter} {otherPlace}",
            1 => $"{place} {former}, {otherPlace} {latter}",
            _ => $"{random.Pick<string>(s_openings)}{former} {RelationOf(position, ref random)} {latter}",
        };
    }

    private static string WriteGroup(SceneGroup group, CaptionDetail detail, ref SplitMix64 random)
    {
        var isBrief = detail == CaptionDetail.Brief;
        var size = isBrief || Omits(detail, 0.12, ref random) ? "" : Word(group.Size, ref random);
        var texture = isBrief || Omits(detail, group.Texture == SceneTexture.Solid ? 0.4 : 0.12, ref random) ? "" : Word(group.Texture, ref random);
        var color = Word(group.Color, ref random);
        var tail = "";
        if (texture.Length > 0 && group.Texture != SceneTexture.Solid && random.Chance(0.2))
            (texture, tail) = ("", group.Texture == SceneTexture.Striped ? "with stripes" : "with dots");

        string[] words = random.Next(6) switch
        {
            0 => [texture, size, color],
            1 => [size, color, texture],
            _ => [size, texture, color],
        };
        var phrase = string.Join(' ', [.. words.Where(w => w.Length > 0), NounOf(group, ref random)]);
        if (tail.Length > 0)
            phrase += " " + tail;
        return $"{CountWord(group.Count, phrase, ref random)} {phrase}";
    }

    private static string CountWord(int count, string phrase, ref SplitMix64 random) => count switch
    {
        2 => random.Pick<string>(["two", "two", "a pair of"]),
        3 => random.Pick<string>(["three", "three", "a group of three"]),
        _ => random.Chance(0.15) ? "one" : "aeiou".Contains(phrase[0], StringComparison.Ordinal) ? "an" : "a",
    };

    private static string NounOf(SceneGroup group, ref SplitMix64 random)
    {
        var noun = Word(group.Shape, ref random);
        if (group.Count == 1)
            return noun;
        return noun.EndsWith('s') || noun.EndsWith('x') ? noun + "es" : noun + "s";
    }

    private static bool Omits(CaptionDetail detail, double probability, ref SplitMix64 random) =>
        detail != CaptionDetail.Full && random.Chance(probability);

    private static string PlaceOf(ScenePosition position, ref SplitMix64 random) => position switch
    {
        ScenePosition.Left => random.Pick<string>(["on the left", "on the left", "at the left"]),
        ScenePosition.Right => random.Pick<string>(["on the right", "on the right", "at the right"]),
        ScenePosition.Top => random.Pick<string>(["at the top", "at the top", "in the upper half"]),
        ScenePosition.Bottom => random.Pick<string>(["at the bottom", "at the bottom", "in the lower half"]),
        _ => random.Pick<string>(["in the middle", "in the centre", "in the center"]),
    };

    private static string RelationOf(ScenePosition position, ref SplitMix64 random) => position switch
    {
        ScenePosition.Left => random.Pick<string>(["left of", "to the left of"]),
        ScenePosition.Right => random.Pick<string>(["right of", "to the right of"]),
        ScenePosition.Top => random.Pick<string>(["above", "above", "over"]),
        _ => random.Pick<string>(["below", "below", "under"]),
    };

    private static string Word(SceneSize size, ref SplitMix64 random) => size == SceneSize.Small
        ? random.Pick<string>(["small", "small", "little", "tiny"])
        : random.Pick<string>(["large", "large", "big"]);

    private static string Word(SceneTexture texture, ref SplitMix64 random) => texture switch
    {
        SceneTexture.Striped => random.Pick<string>(["striped", "striped", "stripy"]),
        SceneTexture.Dotted => random.Pick<string>(["dotted", "dotted", "spotted"]),
        _ => random.Pick<string>(["solid", "plain"]),
    };

    private static string Word(SceneColor color, ref SplitMix64 random) => color switch
    {
        SceneColor.Red => random.Pick<string>(["red", "red", "red", "scarlet"]),
        SceneColor.Purple => random.Pick<string>(["purple", "purple", "purple", "violet"]),
        _ => color.ToString().ToLowerInvariant(),
    };

    private static string Word(SceneBackground background, ref SplitMix64 random) => background switch
    {
        SceneBackground.Grey => random.Pick<string>(["grey", "gray"]),
        SceneBackground.Beige => random.Pick<string>(["beige", "beige", "sandy"]),
        _ => background.ToString().ToLowerInvariant(),
    };

    private static string Word(SceneShape shape, ref SplitMix64 random) => shape switch
    {
        SceneShape.Circle => random.Pick<string>(["circle", "circle", "disc"]),
        SceneShape.Square => random.Pick<string>(["square", "square", "box"]),
        SceneShape.Ring => random.Pick<string>(["ring", "ring", "hoop"]),
        SceneShape.Cross => random.Pick<string>(["cross", "cross", "plus"]),
        SceneShape.Diamond => random.Pick<string>(["diamond", "diamond", "rhombus"]),
        _ => shape.ToString().ToLowerInvariant(),
    };
}
