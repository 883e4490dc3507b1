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
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(5);

    [TestMethod]
    [DataRow(1)]
    [DataRow(40)]
    public async Task Search_IsARequestAndAnAnswerOfEachShard(int queries)
    {
        using var data = new TestData();
        data.WriteIndexes();
        await using var cluster = await ClusterFixture.StartAsync(data.File("work"), silos: 1);
        await cluster.Gap.OpenIndexAsync("index", data.CreateIndex(), _limit);
        using var sent = new SentMessages();
        var rows = data.Queries[..(queries * TestData.Dimension)];

        // Beside it the client looks at the catalogue every two seconds.
        var (messages, bytes) = await sent.CountAsync(2 * data.Shards, () => cluster.Gap.SearchAsync("index", rows, 10, new() { Deadline = _limit, HedgeAfter = _limit }));

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
    public async Task Look_IsARequestAndAReport()
    {
        using var data = new TestData();
        await using var cluster = await ClusterFixture.StartAsync(data.File("work"), silos: 1);
        var fit = data.CreateFit("map.zip", estimator: "default");
        var task = new ShardTask
        {
            Job = new JobSpecification { Estimator = fit.Estimator, Output = data.File("map.zip"), Normalize = true, SampleRows = 4000 },
            Folder = WorkFolder.GetFolder(data.File("work"), "fit"),
            Shard = new JobShard { Names = [fit.Modalities[0].Name], Files = [data.ImagePath(0)] },
        };
        Directory.CreateDirectory(task.Folder);
        var shard = cluster.Cluster.Client.GetGrain<IShardGrain>(ShardPlacement.CreateKey("fit|run|0|0", 0));
        ShardReport report;
        for (var watch = Stopwatch.StartNew(); (report = await shard.WorkAsync(task)).State is ClusterJobState.Waiting or ClusterJobState.Running; await Task.Delay(20))
            Assert.IsLessThan(_limit, watch.Elapsed);
        Assert.AreEqual(ClusterJobState.Succeeded, report.State, report.Error);
        using var sent = new SentMessages();
        var (_, bytes) = await sent.CountAsync(2, () => shard.WorkAsync(task));

        // Paths go with it: of the result, of the job's folder and of the shard.
        var paths = task.Job.Output.Length + task.Folder.Length + task.Shard.Files[0].Length;
        Assert.AreEqual(1.0, bytes / (double)(CostModel.LookBytes + paths), 0.15, $"{bytes} bytes, {paths} of paths");
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

    /// <summary>The messages that this process, in which the silos and the client are, sends.</summary>
    private sealed class SentMessages : IDisposable
    {
        private readonly MeterListener _listener = new()
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Name == "orleans-messaging-sent-messages-size")
                    listening.EnableMeasurementEvents(instrument);
            },
        };

        private long _messages;
        private long _bytes;

        internal SentMessages()
        {
            _listener.SetMeasurementEventCallback<int>((_, value, _, _) => Add(value));
            _listener.SetMeasurementEventCallback<long>((_, value, _, _) => Add(value));
            _listener.Start();
        }

        public void Dispose() => _listener.Dispose();

        /// <summary>What a call sends, made again until nothing else is sent beside it.</summary>
        internal async Task<(long Messages, long Bytes)> CountAsync(int messages, Func<Task> call)
        {
            for (var tries = 0; tries < 20; tries++)
            {
                await call();
                (_messages, _bytes) = (0, 0);
                await call();
                if (Interlocked.Read(ref _messages) == messages)
                    break;
            }

            Assert.AreEqual(messages, _messages);
            return (_messages, _bytes);
        }

        private void Add(long size) => (_, _) = (Interlocked.Increment(ref _messages), Interlocked.Add(ref _bytes, size));
    }
}
