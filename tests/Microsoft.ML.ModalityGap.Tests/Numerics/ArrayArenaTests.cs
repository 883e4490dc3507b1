namespace Microsoft.ML.ModalityGap.Tests.Numerics;

[TestClass]
public class ArrayArenaTests
{
    [TestMethod]
    public void Reset_GivesTheSameArraysAgain()
    {
        var arena = new ArrayArena<float>();
        var (a, b) = (arena.Rent(3), arena.Rent(3));
        Assert.AreNotSame(a, b);
        Assert.HasCount(3, a);
        arena.Reset();
        CollectionAssert.AreEquivalent(new[] { a, b }, new[] { arena.Rent(3), arena.Rent(3) });
        Assert.AreNotSame(a, arena.Rent(4));
    }

    [TestMethod]
    public void Begin_LetsGoOfWhatTheLastWorkDidNotUse()
    {
        var arena = new ArrayArena<float>();
        float[][] first = [arena.Rent(3), arena.Rent(3), arena.Rent(4)];
        arena.Reset();
        arena.Begin();

        // All of it was used until then; one of a length is enough from here on, and the other length is not asked for.
        var kept = arena.Rent(3);
        CollectionAssert.Contains(first, kept);
        arena.Begin();
        Assert.AreSame(kept, arena.Rent(3));
        CollectionAssert.DoesNotContain(first, arena.Rent(3));
        CollectionAssert.DoesNotContain(first, arena.Rent(4));
    }
}
