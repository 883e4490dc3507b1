using Cluster;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.ML.ModalityGap.Tests.Processes;

/// <summary>Silos in processes of their own run out of disk, and find a shard damaged that was good before: the caller hears which shard it was, nothing that is partial is left, and what is mended comes to the same bits.</summary>
[TestClass]
[DoNotParallelize]
public class StorageFaultTests
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(5);

    [TestMethod]
    public async Task FullDiskThenDamagedShard_EndWithItsName_AndGoOnWhenMended()
    {
        using var data = new TestData();
        var model = data.FitAlone(arePairs: true, "corrected");
        var closed = data.TransformAlone();
        var small = data.File("small");
        Directory.CreateDirectory(small);
        using var disk = SmallDisk.Mount(small, kilobytes: 120);

        // None is lost here, nor to be taken for it on a busy machine.
        using var silos = new SiloGroup(small, redis: null) { ProbeTimeout = TimeSpan.FromMinutes(1) };
        await silos.StartAllAsync(2);
        using var host = await silos.ConnectAsync();
        var gap = host.Services.GetRequiredService<IClusterClient>().GetModalityGap();

        // The statistics with their samples take more than there is.
        await gap.StartFitAsync("fit", data.CreateFit("map.zip"));
        var full = await Assert.ThrowsExactlyAsync<ClusterJobException>(() => gap.WaitForJobAsync("fit", _limit));
        Assert.Contains("img_", full.Message);
        Assert.Contains("no space left", full.Message.ToLowerInvariant());
        Assert.IsFalse(File.Exists(data.File("map.zip")));
        disk.Grow(kilobytes: 65536);
        await gap.StartFitAsync("fit", data.CreateFit("map.zip"));
        await gap.WaitForJobAsync("fit", _limit);
        CollectionAssert.AreEqual(model, TestData.ReadModel(data.File("map.zip")));

        // A shard whose statistics are in the maps is cut off before it is transformed.
        var good = await File.ReadAllBytesAsync(data.ImagePath(2));
        await File.WriteAllBytesAsync(data.ImagePath(2), good[..(good.Length / 2)]);
        var transform = new ClusterTransform { Model = data.File("alone.zip"), Modality = new ClusterModality("image", Enumerable.Range(0, data.Shards).Select(data.ImagePath)), OutputFolder = data.File("closed") };
        await gap.StartTransformAsync("transform", transform);
        var damaged = await Assert.ThrowsExactlyAsync<ClusterJobException>(() => gap.WaitForJobAsync("transform", _limit));
        Assert.Contains("img_2.npy", damaged.Message);
        Assert.IsFalse(File.Exists(data.File("closed/img_2.npy")));
        foreach (var file in Directory.GetFiles(data.File("closed"), "*.npy"))
            CollectionAssert.Contains(closed.Select(Convert.ToHexString).ToArray(), Convert.ToHexString(await File.ReadAllBytesAsync(file)), file);
        await File.WriteAllBytesAsync(data.ImagePath(2), good);
        await gap.StartTransformAsync("transform", transform);
        await gap.WaitForJobAsync("transform", _limit);
        for (var shard = 0; shard < closed.Length; shard++)
            CollectionAssert.AreEqual(closed[shard], await File.ReadAllBytesAsync(data.File($"closed/img_{shard}.npy")), $"shard {shard}");
    }
}
