using System.Collections.Concurrent;

namespace Microsoft.ML.ModalityGap.Tests.Numerics;

[TestClass]
public class ThreadTeamTests
{
    [TestMethod]
    public void Run_ManyLoopsOfManyLengths_RunsEveryIndexOnce()
    {
        using var team = ThreadTeam.Open(-1);
        for (var loop = 0; loop < 2_000; loop++)
        {
            var ran = new int[loop % 7];
            ParallelFor.Run(ran.Length, loop % 3 == 0 ? 2 : -1, index => Interlocked.Increment(ref ran[index]));
            Assert.IsTrue(ran.All(times => times == 1), $"loop {loop}");
        }
    }

    [TestMethod]
    public void Run_AfterAPause_WakesWhoSleeps()
    {
        using var team = ThreadTeam.Open(-1);
        for (var loop = 0; loop < 20; loop++)
        {
            Thread.Sleep(2); // longer than threads stay awake
            var ran = 0;
            ParallelFor.Run(8, -1, index =>
            {
                if (index % 2 == 1)
                    Thread.Sleep(1);
                Interlocked.Increment(ref ran);
            });
            Assert.AreEqual(8, ran);
        }
    }

    [TestMethod]
    public void Run_WithHelpers_RunsOnTheirThreads()
    {
        RequireTwoProcessors();
        using var team = ThreadTeam.Open(2);
        Assert.AreSame(team, ThreadTeam.Current);
        var threads = new ConcurrentDictionary<Thread, bool>();
        using var both = new Barrier(2);
        ParallelFor.Run(2, 2, _ =>
        {
            threads[Thread.CurrentThread] = true;
            both.SignalAndWait();
        });
        Assert.IsTrue(threads.ContainsKey(Thread.CurrentThread));
        Assert.HasCount(2, threads.Keys);
        Assert.IsTrue(threads.Keys.All(thread => thread == Thread.CurrentThread || !thread.IsThreadPoolThread));
    }

    [TestMethod]
    public void Run_WorkThatThrows_ThrowsTheFirstAndGoesOn()
    {
        using var team = ThreadTeam.Open(-1);
        for (var loop = 0; loop < 50; loop++)
        {
            var failure = Assert.ThrowsExactly<InvalidDataException>(() => ParallelFor.Run(20, -1, index =>
            {
                if (index % 5 == 3)
                    throw new InvalidDataException($"{index}");
            }));
            Assert.AreEqual("3", failure.Message);
            var ran = 0;
            ParallelFor.Run(20, -1, _ => Interlocked.Increment(ref ran));
            Assert.AreEqual(20, ran);
        }
    }

    [TestMethod]
    [DataRow(-1)]
    [DataRow(2)]
    public void Run_WithinALoopOfTheTeam_RunsEveryIndex(int threads)
    {
        using var team = ThreadTeam.Open(-1);
        for (var loop = 0; loop < 50; loop++)
        {
            var ran = new int[6 * 5];
            ParallelFor.Run(6, threads, outer => ParallelFor.Run(5, -1, inner => Interlocked.Increment(ref ran[outer * 5 + inner])));
            Assert.IsTrue(ran.All(times => times == 1));
        }
    }

    [TestMethod]
    public void Open_OnSeveralThreads_IsATeamForEach()
    {
        var ran = new int[4];
        var openers = Enumerable.Range(0, ran.Length).Select(opener => new Thread(() =>
        {
            using var team = ThreadTeam.Open(-1);
            for (var loop = 0; loop < 300; loop++)
                ParallelFor.Run(5, -1, _ => Interlocked.Increment(ref ran[opener]));
        })).ToArray();
        foreach (var opener in openers)
            opener.Start();
        foreach (var opener in openers)
            opener.Join();
        Assert.IsTrue(ran.All(times => times == 300 * 5));
    }

    [TestMethod]
    public void Dispose_AfterLoops_EndsTheThreads()
    {
        RequireTwoProcessors();
        var threads = new ConcurrentDictionary<Thread, bool>();
        using (ThreadTeam.Open(2))
        {
            using var both = new Barrier(2);
            ParallelFor.Run(2, 2, _ =>
            {
                threads[Thread.CurrentThread] = true;
                both.SignalAndWait();
            });
        }

        Assert.IsNull(ThreadTeam.Current);
        Assert.HasCount(1, threads.Keys.Where(thread => thread.IsAlive).ToArray());
        var ran = 0;
        ParallelFor.Run(20, -1, _ => Interlocked.Increment(ref ran));
        Assert.AreEqual(20, ran);
    }

    [TestMethod]
    public void Open_WithOneThreadOrWhereAllAreBusyOrOneIsOpen_IsNone()
    {
        Assert.IsNull(ThreadTeam.Open(1));
        var teams = new ConcurrentBag<ThreadTeam?>();
        ParallelFor.Run(2 * Environment.ProcessorCount, -1, _ => teams.Add(ThreadTeam.Open(-1)));
        using var team = ThreadTeam.Open(-1);
        Assert.AreEqual(Environment.ProcessorCount > 1, team is not null);
        using (ThreadTeam.Open(-1))
        {
        }

        Assert.AreSame(team, ThreadTeam.Current);
        Assert.IsTrue(Environment.ProcessorCount == 1 || teams.All(opened => opened is null));
    }

    private static void RequireTwoProcessors()
    {
        if (Environment.ProcessorCount < 2)
            Assert.Inconclusive("One processor has no team.");
    }
}
