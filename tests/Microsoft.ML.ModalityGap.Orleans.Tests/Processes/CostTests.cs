using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Cluster;

namespace Microsoft.ML.ModalityGap.Tests.Processes;

/// <summary>What the cost model of docs/scale.md counts with is what silos send and write.</summary>
[TestClass]
[DoNotParallelize]
public class CostTests
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(1);

    [TestMethod]
    [DataRow(1)]
    [DataRow(40)]
    public async Task Search_IsARequestAndAnAnswerOfEachShard(int queries)
    {
        using var data = new TestData();
        data.WriteIndexes();
        await using var cluster = await ClusterFixture.StartAsync(data.File("work"), silos: 1);
        await cluster.Gap.OpenIndexAsync("index", data.CreateIndex(), _limit);
        var (messages, bytes) = (0L, 0L);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Name == "orleans-messaging-sent-messages-size")
                    listening.EnableMeasurementEvents(instrument);
            },
        };
        void Add(long size) => (_, _) = (Interlocked.Increment(ref messages), Interlocked.Add(ref bytes, size));
        listener.SetMeasurementEventCallback<int>((_, value, _, _) => Add(value));
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Add(value));
        listener.Start();
        var rows = data.Queries[..(queries * TestData.Dimension)];
        for (var tries = 0; tries < 20 && messages != 2 * data.Shards; tries++)
        {
            // Beside it the client looks at the catalogue every two seconds.
            await cluster.Gap.SearchAsync("index", rows, 10, new() { Deadline = _limit, HedgeAfter = _limit });
            (messages, bytes) = (0, 0);
            await cluster.Gap.SearchAsync("index", rows, 10, new() { Deadline = _limit, HedgeAfter = _limit });
        }

        Assert.AreEqual(2 * data.Shards, messages);

        // Ids of these rows are texts, which take some bytes more than numbers.
        var counted = data.Shards * (CostModel.GetRequestBytes(queries, TestData.Dimension, data.IndexPath(0).Length) + CostModel.GetAnswerBytes(queries, 10));
        Assert.AreEqual(1.0, (double)bytes / counted, 0.15, $"{bytes} bytes in {messages} messages, {counted} by the model");
    }

    [TestMethod]
    public async Task Fit_IsALookAtShardsThatAreWorkedOn()
    {
        using var data = new TestData(shards: 9);
        var looks = 0;
        await using var cluster = await ClusterFixture.StartAsync(data.File("work"), silos: 2, configureSilo: silo => silo.AddIncomingGrainCallFilter(context =>
        {
            if (context.ImplementationMethod.Name == nameof(IShardGrain.WorkAsync))
                Interlocked.Increment(ref looks);
            return context.Invoke();
        }));
        var watch = Stopwatch.StartNew();
        await cluster.Gap.StartFitAsync("fit", data.CreateFit("map.zip", estimator: "default"));
        await cluster.Gap.WaitForJobAsync("fit", _limit);

        // At least a look that begins each shard and one that finds it done.
        Assert.IsGreaterThanOrEqualTo(2 * data.Shards, looks);
        Assert.IsLessThanOrEqualTo(CostModel.GetLooks(2, watch.Elapsed.TotalSeconds), looks);
    }

    [TestMethod]
    public void State_IsAsLongAsTheModelSays()
    {
        const int Shards = 1000;
        var files = Enumerable.Range(0, Shards).Select(shard => $"/data/embeddings/images/img_{shard:00000}.npy").ToArray();
        var progress = new JobProgress
        {
            Job = new JobSpecification { Shards = [.. files.Select(file => new JobShard { Names = ["image"], Files = [file] })] },
            Shards = [.. files.Select(_ => new ShardProgress { IsDone = true, Rows = 1_000_000, Silo = "S10.0.0.100:11111:154902037" })],
        };
        Assert.AreEqual(1.0, JsonSerializer.SerializeToUtf8Bytes(progress).Length / (Shards * (double)(CostModel.StateBytes + files[0].Length)), 0.15);
    }
}
