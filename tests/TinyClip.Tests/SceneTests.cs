namespace TinyClip.Tests;

[TestClass]
public sealed class SceneTests
{
    private static readonly SceneGroup s_star = new(1, SceneSize.Small, SceneTexture.Solid, SceneColor.Red, SceneShape.Star);
    private static readonly SceneGroup s_squares = new(2, SceneSize.Large, SceneTexture.Striped, SceneColor.Blue, SceneShape.Square);

    [TestMethod]
    public void Constructor_SameSceneDescribedTheOtherWayRound_IsEqual()
    {
        var starLeft = new Scene(SceneBackground.White, s_star, ScenePosition.Left, s_squares);
        var squaresRight = new Scene(SceneBackground.White, s_squares, ScenePosition.Right, s_star);

        Assert.AreEqual(starLeft, squaresRight);
        Assert.AreEqual(starLeft.GetHashCode(), squaresRight.GetHashCode());
        Assert.AreEqual("white, left: 1 small solid red star, right: 2 large striped blue square", squaresRight.ToString());
    }

    [TestMethod]
    public void Swapped_TwoGroups_IsAnotherSceneAndItsOwnInverse()
    {
        var scene = new Scene(SceneBackground.White, s_star, ScenePosition.Top, s_squares);

        Assert.AreNotEqual(scene, scene.Swapped);
        Assert.AreEqual(scene, scene.Swapped!.Swapped);
        Assert.IsNull(new Scene(SceneBackground.White, s_star, ScenePosition.Top).Swapped);
    }

    [TestMethod]
    public void Constructor_WhatCannotBeDrawn_IsRefused()
    {
        Assert.ThrowsExactly<ArgumentException>(() => new Scene(SceneBackground.White, s_star, ScenePosition.Middle, s_squares));
        Assert.ThrowsExactly<ArgumentException>(() => new Scene(SceneBackground.White, s_squares, ScenePosition.Left, s_squares));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => s_star with { Count = 4 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new Scene(SceneBackground.White, s_star, ScenePosition.Left).Render(8));
    }

    [TestMethod]
    public void Render_SameScene_SamePixels()
    {
        var scene = new Scene(SceneBackground.Mint, s_star, ScenePosition.Left, s_squares);

        CollectionAssert.AreEqual(Pixels(scene, 0), Pixels(scene, 0));
        CollectionAssert.AreNotEqual(Pixels(scene, 0), Pixels(scene, 1));
    }

    /// <summary>Half of the picture holds the red, the other half the blue: the relation of the caption is the one that is drawn.</summary>
    [TestMethod]
    [DataRow(ScenePosition.Left)]
    [DataRow(ScenePosition.Right)]
    [DataRow(ScenePosition.Top)]
    [DataRow(ScenePosition.Bottom)]
    public void Render_TwoGroups_EachInItsHalf(ScenePosition starsPlace)
    {
        var scene = new Scene(SceneBackground.White, s_star, starsPlace, s_squares with { Texture = SceneTexture.Solid });
        using var picture = scene.Render(64);
        var (red, blue) = (0, 0);
        for (var y = 0; y < 64; y++)
        {
            for (var x = 0; x < 64; x++)
            {
                var inStarsHalf = starsPlace switch
                {
                    ScenePosition.Left => x < 32,
                    ScenePosition.Right => x >= 32,
                    ScenePosition.Top => y < 32,
                    _ => y >= 32,
                };
                var pixel = picture.GetPixel(x, y);
                if (pixel.Red > pixel.Blue + 60 && inStarsHalf)
                    red++;
                else if (pixel.Red > pixel.Blue + 60)
                    red -= 1000;
                if (pixel.Blue > pixel.Red + 60 && !inStarsHalf)
                    blue++;
                else if (pixel.Blue > pixel.Red + 60)
                    blue -= 1000;
            }
        }

        Assert.IsGreaterThan(40, red, "pixels of the star");
        Assert.IsGreaterThan(300, blue, "pixels of the squares");
    }

    private static byte[] Pixels(Scene scene, ulong variation)
    {
        using var bitmap = scene.Render(TinyClipModel.ImageSize, variation);
        return bitmap.Bytes;
    }
}
