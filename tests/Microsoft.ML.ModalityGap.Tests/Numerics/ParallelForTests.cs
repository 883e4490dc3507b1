using System.Collections.Concurrent;

namespace Microsoft.ML.ModalityGap.Tests.Numerics;

[TestClass]
public class ParallelForTests
{
    [TestMethod]
    public void Run_WithinALoopOfAllCores_RunsEveryIndexOnItsThread()
    {
        var inner = new ConcurrentBag<(int Outer, int Inner)>();
        var count = 4 * Environment.ProcessorCount;
        ParallelFor.Run(count, -1, outer =>
        {
            Assert.AreEqual(1, ParallelFor.AvailableThreads);
            var thread = Environment.CurrentManagedThreadId;
            ParallelFor.Run(5, -1, index =>
            {
                Assert.AreEqual(thread, Environment.CurrentManagedThreadId);
                inner.Add((outer, index));
            });
        });
        CollectionAssert.AreEquivalent((from outer in Enumerable.Range(0, count) from index in Enumerable.Range(0, 5) select (outer, index)).ToArray(), inner.ToArray());
        Assert.AreEqual(Environment.ProcessorCount, ParallelFor.AvailableThreads);
    }

    [TestMethod]
    [DataRow(-1)]
    [DataRow(1)]
    public void Run_WorkThatThrows_RunsTheRestAndThrowsTheFirst(int threads)
    {
        var ran = new ConcurrentBag<int>();
        var failure = Assert.ThrowsExactly<InvalidDataException>(() => ParallelFor.Run(20, threads, index =>
        {
            ran.Add(index);
            if (index % 5 == 3)
                throw new InvalidDataException($"{index}");
        }));
        Assert.AreEqual("3", failure.Message);
        CollectionAssert.AreEquivalent(Enumerable.Range(0, 20).ToArray(), ran.ToArray());
        Assert.AreEqual(Environment.ProcessorCount, ParallelFor.AvailableThreads);
    }

    [TestMethod]
    public void Run_WithoutALimit_HasNoMoreThreadsThanProcessorsHoweverLongTheWorkTakes()
    {
        var (running, most) = (0, 0);
        ParallelFor.Run(4 * Environment.ProcessorCount, -1, _ =>
        {
            var now = Interlocked.Increment(ref running);
            for (var known = most; known < now && Interlocked.CompareExchange(ref most, now, known) != known; known = most)
            {
            }

            Thread.Sleep(300); // the pool looks for what waits twice a second
            Interlocked.Decrement(ref running);
        });
        Assert.IsLessThanOrEqualTo(Environment.ProcessorCount, most);
    }
}
