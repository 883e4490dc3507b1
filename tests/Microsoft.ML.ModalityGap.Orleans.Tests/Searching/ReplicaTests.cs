using System.Diagnostics;

namespace Microsoft.ML.ModalityGap.Tests.Searching;

/// <summary>Where replicas lie while silos are lost and join, and that searches are answered meanwhile.</summary>
[TestClass]
public sealed class ReplicaTests
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(5);

    [TestMethod]
    public async Task Search_SiloLost_AReplicaAnswers()
    {
        using var data = new TestData();
        var whole = data.WriteIndexes();
        await using var cluster = await ClusterFixture.StartAsync(data.File("work"), losesSilos: true);
        await cluster.Gap.OpenIndexAsync("index", data.CreateIndex(replicas: 2), _limit);
        await cluster.Cluster.KillSiloAsync(cluster.Cluster.Silos[1]);
        for (var i = 0; i < 20; i++)
            Answers.AssertSame(whole, data.Queries, 10, null, await cluster.Gap.SearchAsync("index", data.Queries, 10, new() { Deadline = TimeSpan.FromSeconds(30), HedgeAfter = TimeSpan.FromMilliseconds(100) }));
    }

    [TestMethod]
    public async Task SiloLostAndBack_ReplicasLieApartAgain()
    {
        using var data = new TestData();
        var whole = data.WriteIndexes();
        await using var cluster = await ClusterFixture.StartAsync(data.File("work"), silos: 2, losesSilos: true);
        await cluster.Gap.OpenIndexAsync("index", data.CreateIndex(replicas: 2), _limit);
        await cluster.Cluster.KillSiloAsync(cluster.Cluster.Silos[1]);
        await WaitAsync(cluster, data, whole, silosOfShard: 1, held: [2 * data.Shards]);
        await cluster.Cluster.StartAdditionalSiloAsync();
        await WaitAsync(cluster, data, whole, silosOfShard: 2, held: [data.Shards, data.Shards]);
    }

    /// <summary>What a lost silo held is loaded by the others; the one that comes in its place takes its share from them, and no search is without an answer meanwhile.</summary>
    [TestMethod]
    public async Task SiloJoins_TakesItsShare()
    {
        using var data = new TestData(shards: 6);
        var whole = data.WriteIndexes();
        await using var cluster = await ClusterFixture.StartAsync(data.File("work"), losesSilos: true);
        await cluster.Gap.OpenIndexAsync("index", data.CreateIndex(replicas: 2), _limit);
        await cluster.Cluster.KillSiloAsync(cluster.Cluster.Silos[1]);
        await WaitAsync(cluster, data, whole, silosOfShard: 2, held: [6, 6]);
        await cluster.Cluster.StartAdditionalSiloAsync();
        await WaitAsync(cluster, data, whole, silosOfShard: 2, held: [4, 4, 4]);
    }

    /// <summary>Searches, each answered as by one index, until replicas lie as they should.</summary>
    /// <param name="cluster">The silos.</param>
    /// <param name="data">What is searched.</param>
    /// <param name="whole">One index of it.</param>
    /// <param name="silosOfShard">On how many silos replicas of a shard are to lie.</param>
    /// <param name="held">How many replicas each silo is to hold.</param>
    private static async Task WaitAsync(ClusterFixture cluster, TestData data, EmbeddingIndex whole, int silosOfShard, int[] held)
    {
        for (var watch = Stopwatch.StartNew(); ; await Task.Delay(200))
        {
            Answers.AssertSame(whole, data.Queries, 10, null, await cluster.Gap.SearchAsync("index", data.Queries, 10, new() { Deadline = _limit }));
            var replicas = await cluster.Gap.GetReplicasAsync("index");
            var found = replicas.Where(replica => replica.IsLoaded).GroupBy(replica => replica.Silo).Select(silo => silo.Count()).Order().ToArray();
            if (found.SequenceEqual(held) && replicas.GroupBy(replica => replica.File).All(shard => shard.Select(replica => replica.Silo).Distinct().Count() == silosOfShard))
                return;
            Assert.IsLessThan(_limit, watch.Elapsed, string.Join(' ', found));
        }
    }
}
