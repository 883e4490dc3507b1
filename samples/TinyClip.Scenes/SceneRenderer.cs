using SkiaSharp;

namespace TinyClip;

/// <summary>Draws scenes on a canvas whose unit is the picture's width.</summary>
internal static class SceneRenderer
{
    private const float SmallRadius = 0.098f, LargeRadius = 0.162f;

    /// <summary>Where a group of one, two or three stands, from its centre in units of its spacing; for groups in a column, and turned for a row.</summary>
    private static readonly SKPoint[][] s_columns = [[new(0, 0)], [new(0, -0.5f), new(0, 0.5f)], [new(0, -1), new(0, 0), new(0, 1)]];
    private static readonly SKPoint[][] s_clusters = [[new(0, 0)], [new(-0.5f, 0), new(0.5f, 0)], [new(0, -0.55f), new(-0.62f, 0.45f), new(0.62f, 0.45f)]];

    internal static void Draw(Scene scene, SKCanvas canvas, ref SplitMix64 random)
    {
        canvas.Clear(Jitter(ColorOf(scene.Background), 5, ref random));
        Draw(scene.First, scene.Position, canvas, ref random);
        if (scene.Second is not null)
            Draw(scene.Second, Scene.Opposite(scene.Position), canvas, ref random);
    }

    private static void Draw(SceneGroup group, ScenePosition position, SKCanvas canvas, ref SplitMix64 random)
    {
        var radius = group.Size == SceneSize.Small ? SmallRadius : LargeRadius;
        var spacing = (2 * radius) + (group.Size == SceneSize.Small ? 0.06f : 0.012f);
        var isRow = position is ScenePosition.Top or ScenePosition.Bottom;
        var places = position == ScenePosition.Middle ? s_clusters[group.Count - 1] : s_columns[group.Count - 1];

        // The group may slide along the picture's free side, but never out of it.
        var reach = ((group.Count - 1) * 0.5f * spacing) + radius;
        var slide = Around(0, Math.Min(0.14f, Math.Max(0, 0.49f - reach)), ref random);
        var centre = position switch
        {
            ScenePosition.Left => new SKPoint(Around(0.25f, 0.04f, ref random), 0.5f + slide),
            ScenePosition.Right => new SKPoint(Around(0.75f, 0.04f, ref random), 0.5f + slide),
            ScenePosition.Top => new SKPoint(0.5f + slide, Around(0.25f, 0.04f, ref random)),
            ScenePosition.Bottom => new SKPoint(0.5f + slide, Around(0.75f, 0.04f, ref random)),
            _ => new SKPoint(Around(0.5f, 0.04f, ref random), Around(0.5f, 0.04f, ref random)),
        };

        var color = Jitter(ColorOf(group.Color), 10, ref random);
        foreach (var place in places)
        {
            var offset = isRow ? new SKPoint(place.Y, place.X) : place;
            canvas.Save();
            canvas.Translate(centre.X + (offset.X * spacing), centre.Y + (offset.Y * spacing));
            canvas.RotateDegrees(Around(0, 7, ref random));
            canvas.Scale(radius * Around(1, 0.05f, ref random));
            DrawObject(group, color, canvas, ref random);
            canvas.Restore();
        }
    }

    /// <summary>Draws one object into the unit circle.</summary>
    private static void DrawObject(SceneGroup group, SKColor color, SKCanvas canvas, ref SplitMix64 random)
    {
        using var path = PathOf(group.Shape);
        using var paint = new SKPaint { IsAntialias = true, Color = color, Style = SKPaintStyle.Fill };
        canvas.DrawPath(path, paint);

        if (group.Texture != SceneTexture.Solid)
        {
            canvas.Save();
            canvas.ClipPath(path, SKClipOperation.Intersect, antialias: true);
            paint.Color = Blend(color, SKColors.White, 0.8f);
            if (group.Texture == SceneTexture.Striped)
                DrawStripes(canvas, paint, ref random);
            else
                DrawDots(canvas, paint, ref random);
            canvas.Restore();
        }

        paint.Color = Blend(color, SKColors.Black, 0.38f);
        paint.Style = SKPaintStyle.Stroke;
        paint.StrokeWidth = 0.11f;
        paint.StrokeJoin = SKStrokeJoin.Round;
        canvas.DrawPath(path, paint);
    }

    private static void DrawStripes(SKCanvas canvas, SKPaint paint, ref SplitMix64 random)
    {
        const float period = 0.56f;
        canvas.RotateDegrees(Around(35, 5, ref random));
        var phase = (float)random.NextDouble() * period;
        for (var x = -1.7f + phase - period; x < 1.7f; x += period)
            canvas.DrawRect(x, -1.7f, period * 0.46f, 3.4f, paint);
    }

    private static void DrawDots(SKCanvas canvas, SKPaint paint, ref SplitMix64 random)
    {
        const float period = 0.55f, dotRadius = 0.155f;
        var (phaseX, phaseY) = ((float)random.NextDouble() * period, (float)random.NextDouble() * period);
        var row = 0;
        for (var y = -1.2f + phaseY - period; y < 1.3f; y += period * 0.87f, row++)
        {
            for (var x = -1.2f + phaseX - period + (row % 2 * period / 2); x < 1.3f; x += period)
                canvas.DrawCircle(x, y, dotRadius, paint);
        }
    }

    /// <summary>The outline of a shape, all of about the same visual size.</summary>
    private static SKPath PathOf(SceneShape shape)
    {
        var path = new SKPath();
        switch (shape)
        {
            case SceneShape.Circle:
                path.AddCircle(0, 0, 0.9f);
                break;
            case SceneShape.Square:
                path.AddRect(new SKRect(-0.8f, -0.8f, 0.8f, 0.8f));
                break;
            case SceneShape.Triangle:
                path.AddPoly([new(0, -0.95f), new(0.98f, 0.78f), new(-0.98f, 0.78f)]);
                break;
            case SceneShape.Star:
                path.AddPoly([.. Enumerable.Range(0, 10).Select(i => OnCircle(i % 2 == 0 ? 1.08f : 0.47f, i * 36))]);
                break;
            case SceneShape.Ring:
                path.AddCircle(0, 0, 0.95f);
                path.AddCircle(0, 0, 0.45f);
                path.FillType = SKPathFillType.EvenOdd;
                break;
            case SceneShape.Heart:
                path.MoveTo(0, 0.95f);
                path.CubicTo(-1.55f, -0.1f, -0.85f, -1.35f, 0, -0.5f);
                path.CubicTo(0.85f, -1.35f, 1.55f, -0.1f, 0, 0.95f);
                path.Close();
                break;
            case SceneShape.Cross:
                const float outer = 0.95f, inner = 0.33f;
                path.AddPoly(
                [
                    new(-inner, -outer), new(inner, -outer), new(inner, -inner), new(outer, -inner), new(outer, inner), new(inner, inner),
                    new(inner, outer), new(-inner, outer), new(-inner, inner), new(-outer, inner), new(-outer, -inner), new(-inner, -inner),
                ]);
                break;
            case SceneShape.Diamond:
                path.AddPoly([new(0, -1.1f), new(0.68f, 0), new(0, 1.1f), new(-0.68f, 0)]);
                break;
            default:
                path.Dispose();
                throw new ArgumentOutOfRangeException(nameof(shape), shape, "Expected a named shape.");
        }

        return path;
    }

    /// <summary>A point of a circle, clockwise from its top.</summary>
    private static SKPoint OnCircle(float radius, float degrees)
    {
        var (sine, cosine) = MathF.SinCos(degrees * MathF.PI / 180);
        return new SKPoint(radius * sine, -radius * cosine);
    }

    private static SKColor ColorOf(SceneColor color) => color switch
    {
        SceneColor.Red => new SKColor(220, 38, 38),
        SceneColor.Orange => new SKColor(249, 128, 20),
        SceneColor.Yellow => new SKColor(250, 208, 30),
        SceneColor.Green => new SKColor(34, 160, 70),
        SceneColor.Blue => new SKColor(40, 105, 235),
        SceneColor.Purple => new SKColor(130, 60, 200),
        SceneColor.Pink => new SKColor(250, 120, 185),
        SceneColor.Brown => new SKColor(125, 75, 40),
        _ => throw new ArgumentOutOfRangeException(nameof(color), color, "Expected a named colour."),
    };

    private static SKColor ColorOf(SceneBackground background) => background switch
    {
        SceneBackground.White => new SKColor(250, 250, 250),
        SceneBackground.Grey => new SKColor(172, 174, 178),
        SceneBackground.Beige => new SKColor(240, 222, 184),
        SceneBackground.Mint => new SKColor(190, 236, 214),
        SceneBackground.Navy => new SKColor(24, 34, 84),
        _ => throw new ArgumentOutOfRangeException(nameof(background), background, "Expected a named background."),
    };

    private static float Around(float value, float spread, ref SplitMix64 random) => value + (spread * ((2 * (float)random.NextDouble()) - 1));

    private static SKColor Jitter(SKColor color, int spread, ref SplitMix64 random)
    {
        var red = Shift(color.Red, spread, ref random);
        var green = Shift(color.Green, spread, ref random);
        return new SKColor(red, green, Shift(color.Blue, spread, ref random));
    }

    private static byte Shift(byte channel, int spread, ref SplitMix64 random) =>
        (byte)Math.Clamp(channel + random.Next((2 * spread) + 1) - spread, 0, 255);

    private static SKColor Blend(SKColor from, SKColor to, float share) => new(
        (byte)MathF.Round(from.Red + ((to.Red - from.Red) * share)),
        (byte)MathF.Round(from.Green + ((to.Green - from.Green) * share)),
        (byte)MathF.Round(from.Blue + ((to.Blue - from.Blue) * share)));
}
