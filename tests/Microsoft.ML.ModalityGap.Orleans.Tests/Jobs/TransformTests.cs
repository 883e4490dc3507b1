namespace Microsoft.ML.ModalityGap.Tests.Jobs;

/// <summary>A transform on a cluster writes what one process would, and does nothing twice.</summary>
[TestClass]
public class TransformTests
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(5);

    [TestMethod]
    public async Task Transform_ThreeSilos_IsThatOfOneProcess_AndIsNotDoneAgain()
    {
        using var data = new TestData();
        var expected = WriteExpected(data);
        await using (var cluster = await ClusterFixture.StartAsync(data.File("work")))
        {
            await cluster.Gap.StartTransformAsync("transform", CreateTransform(data));
            await cluster.Gap.WaitForJobAsync("transform", _limit);
            AssertDone(data, expected);
        }

        // The next cluster finds all but the shard that is gone, and one whose file was written since.
        File.Delete(data.File("closed/img_3.npy"));
        TestData.Write(data.ImagePath(1), data.Images[1]);
        var times = Enumerable.Range(0, data.Shards).Select(i => File.GetLastWriteTimeUtc(data.File($"closed/img_{i}.npy"))).ToArray();
        await using (var cluster = await ClusterFixture.StartAsync(data.File("work"), silos: 1))
        {
            await cluster.Gap.StartTransformAsync("transform", CreateTransform(data));
            await cluster.Gap.WaitForJobAsync("transform", _limit);
            AssertDone(data, expected);
        }

        for (var i = 0; i < data.Shards; i++)
            Assert.AreEqual(i is 1 or 3, times[i] != File.GetLastWriteTimeUtc(data.File($"closed/img_{i}.npy")), $"shard {i}");
    }

    [TestMethod]
    public async Task Transform_CoordinatorLost_ShardsThatAreDoneAreNotDoneAgain()
    {
        using var data = new TestData();
        var expected = WriteExpected(data);

        // A coordinator that was lost on the way: the state says that the job runs, and half of the shards are done.
        await using (var cluster = await ClusterFixture.StartAsync(data.File("work"), silos: 1))
        {
            var half = CreateTransform(data) with { Modality = new ClusterModality("image", Enumerable.Range(0, 3).Select(data.ImagePath)) };
            await cluster.Gap.StartTransformAsync("transform", half);
            await cluster.Gap.WaitForJobAsync("transform", _limit);
            await cluster.GetService<SiloWork>(cluster.Cluster.Silos[0]).Turns.WaitAsync();
            await cluster.Gap.StartTransformAsync("transform", CreateTransform(data));
        }

        var times = Enumerable.Range(0, 3).Select(i => File.GetLastWriteTimeUtc(data.File($"closed/img_{i}.npy"))).ToArray();
        await using (var cluster = await ClusterFixture.StartAsync(data.File("work"), silos: 2))
        {
            // Nobody starts it again, and nobody asks for it: silos look after jobs that are not over.
            for (var waited = 0; waited < 300 && Directory.GetFiles(data.File("closed"), "*.npy").Length < data.Shards; waited++)
                await Task.Delay(100);
            await cluster.Gap.WaitForJobAsync("transform", _limit);
        }

        AssertDone(data, expected);
        CollectionAssert.AreEqual(times, Enumerable.Range(0, 3).Select(i => File.GetLastWriteTimeUtc(data.File($"closed/img_{i}.npy"))).ToArray());
    }

    [TestMethod]
    public async Task Transform_AgainWithOtherShards_DoesThose()
    {
        using var data = new TestData(shards: 4);
        var expected = WriteExpected(data);
        await using var cluster = await ClusterFixture.StartAsync(data.File("work"), silos: 1);
        foreach (var first in new[] { 0, 2 })
        {
            await cluster.Gap.StartTransformAsync("transform", CreateTransform(data) with { Modality = new ClusterModality("image", data.ImagePath(first), data.ImagePath(first + 1)) });
            await cluster.Gap.WaitForJobAsync("transform", _limit);
        }

        AssertDone(data, expected);
    }

    [TestMethod]
    public async Task Transform_CorruptedShard_EndsWithItsName()
    {
        using var data = new TestData(shards: 3);
        WriteExpected(data);
        File.WriteAllBytes(data.ImagePath(2), File.ReadAllBytes(data.ImagePath(2))[..500]);
        await using var cluster = await ClusterFixture.StartAsync(data.File("work"), silos: 2);
        await cluster.Gap.StartTransformAsync("transform", CreateTransform(data));
        var failure = await Assert.ThrowsExactlyAsync<ClusterJobException>(() => cluster.Gap.WaitForJobAsync("transform", _limit));
        Assert.Contains("img_2.npy", failure.Message);
        Assert.IsFalse(File.Exists(data.File("closed/img_2.npy")));
    }

    private static ClusterTransform CreateTransform(TestData data) =>
        new() { Model = data.File("alone.zip"), Modality = new ClusterModality("image", Enumerable.Range(0, data.Shards).Select(data.ImagePath)), OutputFolder = data.File("closed") };

    private static byte[][] WriteExpected(TestData data)
    {
        data.FitAlone(arePairs: true, "default");
        return data.TransformAlone();
    }

    private static void AssertDone(TestData data, byte[][] expected)
    {
        for (var i = 0; i < expected.Length; i++)
        {
            CollectionAssert.AreEqual(expected[i], File.ReadAllBytes(data.File($"closed/img_{i}.npy")));
            Assert.IsTrue(File.Exists(data.File($"closed/img_{i}.npy.fingerprint")));
        }
    }
}
