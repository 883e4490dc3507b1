namespace Microsoft.ML.ModalityGap.Tests.Jobs;

/// <summary>A fit on a cluster is that of one process, bit for bit, and all or nothing.</summary>
[TestClass]
public class FitTests
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(5);

    [TestMethod]
    [DataRow(true, "corrected")]
    [DataRow(false, "default")]
    public async Task Fit_ThreeSilos_IsThatOfOneProcess(bool arePairs, string estimator)
    {
        using var data = new TestData();
        await using var cluster = await ClusterFixture.StartAsync(data.File("work"));
        await cluster.Gap.StartFitAsync("fit", data.CreateFit("map.zip", arePairs, estimator));
        var status = await cluster.Gap.WaitForJobAsync("fit", _limit);
        CollectionAssert.AreEqual(data.FitAlone(arePairs, estimator), TestData.ReadModel(data.File("map.zip")));
        Assert.AreEqual(((EmbeddingMapTransformer)new MLContext().Model.Load(data.File("map.zip"), out _)).Fingerprint, status.Fingerprint);
        Assert.IsTrue(status.Shards.All(shard => shard.State == ClusterJobState.Succeeded && shard.Rows == data.Rows && shard.Retries == 0));

        // Silos in turn: of as many as there are, none has two more than another.
        var perSilo = status.Shards.GroupBy(shard => shard.Silo).Select(group => group.Count()).ToArray();
        Assert.HasCount(3, perSilo);
        Assert.AreEqual(perSilo.Min(), perSilo.Max());
    }

    [TestMethod]
    public async Task Fit_PoisonedShard_EndsTheJobWithItsNameAndNoMap()
    {
        using var data = new TestData();
        data.Images[4][35] = float.NaN;
        TestData.Write(data.ImagePath(4), data.Images[4]);
        await using var cluster = await ClusterFixture.StartAsync(data.File("work"));
        await cluster.Gap.StartFitAsync("fit", data.CreateFit("map.zip"));
        var failure = await Assert.ThrowsExactlyAsync<ClusterJobException>(() => cluster.Gap.WaitForJobAsync("fit", _limit));
        Assert.Contains("img_4.npy", failure.Message);
        Assert.Contains("NaN", failure.Message);
        Assert.AreEqual(ClusterJobState.Failed, failure.Status.State);
        Assert.AreEqual(3, failure.Status.Shards[4].Retries);
        Assert.IsFalse(File.Exists(data.File("map.zip")));

        // Mended, it is begun again under its name; only that shard is read.
        var before = File.GetLastWriteTimeUtc(Directory.GetFiles(data.File("work"), "0.stats", SearchOption.AllDirectories).Single());
        data.Images[4][35] = 0;
        TestData.Write(data.ImagePath(4), data.Images[4]);
        await cluster.Gap.StartFitAsync("fit", data.CreateFit("map.zip"));
        await cluster.Gap.WaitForJobAsync("fit", _limit);
        CollectionAssert.AreEqual(data.FitAlone(arePairs: true, "corrected"), TestData.ReadModel(data.File("map.zip")));
        Assert.AreEqual(before, File.GetLastWriteTimeUtc(Directory.GetFiles(data.File("work"), "0.stats", SearchOption.AllDirectories).Single()));
    }

    [TestMethod]
    public async Task Fit_SilosLostWithTheCoordinator_IsTheSame()
    {
        using var data = new TestData(shards: 12, rows: 400);
        await using var cluster = await ClusterFixture.StartAsync(data.File("work"), losesSilos: true);
        await cluster.Gap.StartFitAsync("fit", data.CreateFit("map.zip"));
        for (var kills = 0; kills < 2; kills++)
        {
            await Task.Delay(250);

            // Wherever it is, one of the silos lost has the coordinator, or did.
            await cluster.Cluster.KillSiloAsync(cluster.Cluster.Silos[0]);
            await cluster.Cluster.StartAdditionalSiloAsync();
        }

        await cluster.Gap.WaitForJobAsync("fit", _limit);
        CollectionAssert.AreEqual(data.FitAlone(arePairs: true, "corrected"), TestData.ReadModel(data.File("map.zip")));
    }

    [TestMethod]
    public async Task Fit_TheSameShardTwice_FailsAndWritesNothing()
    {
        using var data = new TestData();
        File.Copy(data.ImagePath(1), data.ImagePath(2), overwrite: true);
        File.Copy(data.TextPath(1), data.TextPath(2), overwrite: true);
        await using var cluster = await ClusterFixture.StartAsync(data.File("work"), silos: 1);
        await cluster.Gap.StartFitAsync("fit", data.CreateFit("map.zip"));
        var failure = await Assert.ThrowsExactlyAsync<ClusterJobException>(() => cluster.Gap.WaitForJobAsync("fit", _limit));
        Assert.Contains("the same bytes", failure.Message);
        Assert.IsFalse(File.Exists(data.File("map.zip")));
    }

    [TestMethod]
    public async Task Fit_FullDisk_FailsWithTheShard_AndSucceedsWhenThereIsRoom()
    {
        using var data = new TestData();
        var small = data.File("small");
        Directory.CreateDirectory(small);
        using var disk = SmallDisk.Mount(small, kilobytes: 120);
        await using var cluster = await ClusterFixture.StartAsync(small, silos: 2);

        // The statistics with their samples take more than there is.
        await cluster.Gap.StartFitAsync("fit", data.CreateFit("map.zip"));
        var failure = await Assert.ThrowsExactlyAsync<ClusterJobException>(() => cluster.Gap.WaitForJobAsync("fit", _limit));
        Assert.Contains("img_", failure.Message);
        Assert.Contains("no space left", failure.Message.ToLowerInvariant());
        Assert.IsFalse(File.Exists(data.File("map.zip")));
        disk.Grow(kilobytes: 65536);
        await cluster.Gap.StartFitAsync("fit", data.CreateFit("map.zip"));
        await cluster.Gap.WaitForJobAsync("fit", _limit);
        CollectionAssert.AreEqual(data.FitAlone(arePairs: true, "corrected"), TestData.ReadModel(data.File("map.zip")));
    }

    [TestMethod]
    public async Task Jobs_WhatCannotBe_IsRefused()
    {
        using var data = new TestData(shards: 2);
        await using var cluster = await ClusterFixture.StartAsync(data.File("work"), silos: 1);
        await Assert.ThrowsExactlyAsync<KeyNotFoundException>(() => cluster.Gap.GetJobAsync("nothing"));
        Assert.Contains("knows no estimator", (await Assert.ThrowsExactlyAsync<ArgumentException>(() => cluster.Gap.StartFitAsync("fit", data.CreateFit("map.zip", estimator: "none")))).Message);
        Assert.Contains("needs modalities", Assert.ThrowsExactly<ArgumentException>(() => { _ = cluster.Gap.StartFitAsync("fit", new ClusterFit { Output = "map.zip" }); }).Message);
        var uneven = data.CreateFit("map.zip") with { Modalities = [new ClusterModality("image", data.ImagePath(0)), new ClusterModality("text")] };
        Assert.ThrowsExactly<ArgumentException>(() => { _ = cluster.Gap.StartFitAsync("fit", uneven); });
        var same = new ClusterTransform { Model = data.File("map.zip"), Modality = new ClusterModality("image", data.ImagePath(0)), OutputFolder = data.Folder };
        Assert.Contains("would replace", Assert.ThrowsExactly<ArgumentException>(() => { _ = cluster.Gap.StartTransformAsync("t", same); }).Message);
    }

    [TestMethod]
    public async Task Cancel_EndsTheJobWithoutAResult()
    {
        using var data = new TestData(shards: 3);
        await using var cluster = await ClusterFixture.StartAsync(data.File("work"), silos: 1);

        // Nothing gets its turn, so that it is not over before it is cancelled.
        var turns = cluster.GetService<SiloWork>(cluster.Cluster.Silos[0]).Turns;
        await turns.WaitAsync();
        await cluster.Gap.StartFitAsync("fit", data.CreateFit("map.zip"));
        var others = data.CreateFit("other.zip");
        Assert.Contains("is running with other files", (await Assert.ThrowsExactlyAsync<InvalidOperationException>(() => cluster.Gap.StartFitAsync("fit", others))).Message);
        await cluster.Gap.StartFitAsync("fit", data.CreateFit("map.zip"));
        await Assert.ThrowsExactlyAsync<TimeoutException>(() => cluster.Gap.WaitForJobAsync("fit", TimeSpan.FromMilliseconds(600)));
        await cluster.Gap.CancelJobAsync("fit");
        turns.Release();
        var failure = await Assert.ThrowsExactlyAsync<ClusterJobException>(() => cluster.Gap.WaitForJobAsync("fit", _limit));
        Assert.AreEqual(ClusterJobState.Cancelled, failure.Status.State);
        Assert.IsFalse(File.Exists(data.File("map.zip")));
    }
}
