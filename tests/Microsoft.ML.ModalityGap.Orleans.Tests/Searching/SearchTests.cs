namespace Microsoft.ML.ModalityGap.Tests.Searching;

/// <summary>A search of a cluster is that of one index over all rows, bit for bit, or says what it is not.</summary>
[TestClass]
public class SearchTests
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(5);

    public static IEnumerable<object[]> Indexes => from metric in new[] { SimilarityMetric.Cosine, SimilarityMetric.Dot } from storage in Enum.GetValues<IndexStorage>() select new object[] { metric, storage };

    [TestMethod]
    public async Task Search_ThreeSilos_IsThatOfOneIndex()
    {
        using var data = new TestData();
        await using var cluster = await ClusterFixture.StartAsync(data.File("work"));
        foreach (var entry in Indexes)
        {
            var (metric, storage) = ((SimilarityMetric)entry[0], (IndexStorage)entry[1]);
            var name = $"{metric}{storage}";
            var whole = data.WriteIndexes(new EmbeddingIndexOptions { Metric = metric, Storage = storage }, "maps", name);
            await cluster.Gap.OpenIndexAsync(name, data.CreateIndex(2, name), _limit);
            foreach (var k in new[] { 1, 10, 2000 })
            {
                var found = await cluster.Gap.SearchAsync(name, data.Queries, k);
                Answers.AssertSame(whole, data.Queries, k, null, found);
                Assert.AreEqual((1.0, "maps"), (found.Coverage, found.Fingerprint));
            }

            Answers.AssertSame(whole, data.Queries, 7, new SearchOptions { Modalities = ["text"] }, await cluster.Gap.SearchAsync(name, data.Queries, 7, new() { Modalities = ["text"] }));
            Answers.AssertSame(whole, data.Queries, 10, new SearchOptions { MinimumScore = 0.8 }, await cluster.Gap.SearchAsync(name, data.Queries, 10, new() { MinimumScore = 0.8 }));
        }

        var replicas = await cluster.Gap.GetReplicasAsync("CosineFloat32");
        Assert.HasCount(2 * data.Shards, replicas);
        Assert.IsTrue(replicas.All(replica => replica.IsLoaded && replica.Rows == data.Rows));
        foreach (var shard in replicas.GroupBy(replica => replica.File))
            Assert.HasCount(2, shard.Select(replica => replica.Silo).Distinct().ToArray());
        Assert.IsTrue(replicas.GroupBy(replica => replica.Silo).All(group => group.Count() == 4));
    }

    [TestMethod]
    public async Task Search_Corrected_IsThatOfOneIndex()
    {
        using var data = new TestData();
        data.FitAlone(arePairs: true, "corrected");
        var model = (EmbeddingMapTransformer)new MLContext().Model.Load(data.File("alone.zip"), out _);
        var whole = data.WriteIndexes(new EmbeddingIndexOptions { Correction = model.Correction }, model.Fingerprint);
        await using var cluster = await ClusterFixture.StartAsync(data.File("work"));
        await cluster.Gap.OpenIndexAsync("index", data.CreateIndex(), _limit);
        foreach (var modality in new[] { "image", "text" })
            Answers.AssertSame(whole, data.Queries, 10, new SearchOptions { QueryModality = modality }, await cluster.Gap.SearchAsync("index", data.Queries, 10, new() { QueryModality = modality, Fingerprint = model.Fingerprint }));
        Answers.AssertSame(whole, data.Queries, 10, new SearchOptions { QueryModality = "text", MinimumProbability = 0.3 }, await cluster.Gap.SearchAsync("index", data.Queries, 10, new() { QueryModality = "text", MinimumProbability = 0.3 }));

        // What one index refuses is refused, and not tried again until the deadline.
        Assert.Contains("QueryModality", (await Assert.ThrowsExactlyAsync<InvalidDataException>(() => cluster.Gap.SearchAsync("index", data.Queries, 10))).Message);
        Assert.Contains("through the maps", (await Assert.ThrowsExactlyAsync<InvalidDataException>(() => cluster.Gap.SearchAsync("index", data.Queries, 10, new() { QueryModality = "text", Fingerprint = "other" }))).Message);
        await Assert.ThrowsExactlyAsync<ArgumentException>(() => cluster.Gap.SearchAsync("index", data.Queries, 10, new() { QueryModality = "text", Modalities = ["sound"] }));
        await Assert.ThrowsExactlyAsync<ArgumentException>(() => cluster.Gap.SearchAsync("index", data.Queries.AsMemory()[1..], 10));
        await Assert.ThrowsExactlyAsync<KeyNotFoundException>(() => cluster.Gap.SearchAsync("nothing", data.Queries, 10));
        var broken = data.Queries;
        broken[3] = float.NaN;
        Assert.Contains("cannot be used", (await Assert.ThrowsExactlyAsync<InvalidDataException>(() => cluster.Gap.SearchAsync("index", broken, 10, new() { QueryModality = "text" }))).Message);
    }

    [TestMethod]
    public async Task Search_Rescored_IsThatOfOneIndex()
    {
        using var data = new TestData();
        var whole = data.WriteIndexes();
        await using var cluster = await ClusterFixture.StartAsync(data.File("work"));
        await cluster.Gap.OpenIndexAsync("index", data.CreateIndex(), _limit);
        var (queries, gallery) = (data.Texts[1], data.Images[1]);
        foreach (var (method, name) in new (RescoringMethod, string)[] { (new InvertedSoftmax { IsDynamic = false }, "is"), (new DualInvertedSoftmax { IsDynamic = false }, "dual") })
        {
            var rescorer = new Rescorer(method, TestData.Dimension, queries, gallery);
            rescorer.Save(data.File(name));
            Answers.AssertSame(whole, data.Queries, 10, new SearchOptions { Rescorer = rescorer }, await cluster.Gap.SearchAsync("index", data.Queries, 10, new() { Rescorer = data.File(name) }));
        }

        // What one index takes of the gallery as a whole, shards cannot.
        new Rescorer(new InvertedSoftmax { IsDynamic = true }, TestData.Dimension, queries).Save(data.File("is"));
        File.SetLastWriteTimeUtc(data.File("is"), DateTime.UtcNow.AddSeconds(7));
        Assert.Contains("as a whole", (await Assert.ThrowsExactlyAsync<InvalidDataException>(() => cluster.Gap.SearchAsync("index", data.Queries, 10, new() { Rescorer = data.File("is") }))).Message);
        Assert.Contains("none.rescorer", (await Assert.ThrowsExactlyAsync<InvalidDataException>(() => cluster.Gap.SearchAsync("index", data.Queries, 10, new() { Rescorer = data.File("none.rescorer") }))).Message);
    }

    [TestMethod]
    public async Task Search_ShardLost_IsAnErrorOrSaysItsCoverage()
    {
        using var data = new TestData(shards: 3);
        data.WriteIndexes();
        var rest = data.WriteIndexes(shards: [0, 2]);
        await using var cluster = await ClusterFixture.StartAsync(data.File("work"), losesSilos: true);
        await cluster.Gap.OpenIndexAsync("index", data.CreateIndex(), _limit);

        // The file is gone, and the silo that held it.
        File.Delete(data.IndexPath(1));
        var holder = (await cluster.Gap.GetReplicasAsync("index")).Single(replica => replica.File == data.IndexPath(1)).Silo!;
        await cluster.KillSiloOfAsync(holder);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var options = new ClusterSearchOptions { Deadline = TimeSpan.FromSeconds(8) };
        var failure = await Assert.ThrowsExactlyAsync<ClusterSearchException>(() => cluster.Gap.SearchAsync("index", data.Queries, 10, options));
        Assert.IsLessThan(20, watch.Elapsed.TotalSeconds);
        Assert.Contains("1.index", failure.Message);
        Assert.Contains("1 of the 3 shards", failure.Message);
        Assert.AreEqual(2.0 / 3, failure.Coverage, 1e-9);
        var part = await cluster.Gap.SearchAsync("index", data.Queries, 10, options with { AllowPartial = true, Deadline = TimeSpan.FromSeconds(4) });
        Assert.AreEqual((2L * data.Rows, 3L * data.Rows), (part.SearchedRows, part.TotalRows));

        // The others' rows, with the numbers they have among all.
        var expected = rest.SearchBatch(data.Queries.AsSpan(), 10);
        for (var query = 0; query < expected.Count; query++)
        {
            CollectionAssert.AreEqual(
                expected[query].Select(neighbor => ((long)(neighbor.Position < data.Rows ? neighbor.Position : neighbor.Position + data.Rows), neighbor.Score)).ToArray(),
                part.Neighbors[query].Select(neighbor => (neighbor.Row, neighbor.Score)).ToArray());
        }
    }

    [TestMethod]
    public async Task Search_SlowSilo_IsNotWaitedFor()
    {
        using var data = new TestData();
        var whole = data.WriteIndexes();
        await using var cluster = await ClusterFixture.StartAsync(data.File("work"), configure: options => options.ConcurrentSearches = 1);
        await cluster.Gap.OpenIndexAsync("index", data.CreateIndex(replicas: 2), _limit);

        // Its only turn is taken for longer than anyone waits.
        var (free, slow) = TakeTurn(cluster.GetService<SearchGate>(cluster.Cluster.Silos[2]));
        Answers.AssertSame(whole, data.Queries, 10, null, await cluster.Gap.SearchAsync("index", data.Queries, 10, new() { Deadline = TimeSpan.FromSeconds(20), HedgeAfter = TimeSpan.FromMilliseconds(50) }));
        free.SetResult();
        await slow;
    }

    [TestMethod]
    public async Task Search_WhileOthersAreScanned_SharesAScan()
    {
        using var data = new TestData();
        var whole = data.WriteIndexes();
        await using var cluster = await ClusterFixture.StartAsync(data.File("work"), silos: 1, configure: options => options.ConcurrentSearches = 1);
        await cluster.Gap.OpenIndexAsync("index", data.CreateIndex(), _limit);
        var scans = new System.Collections.Concurrent.ConcurrentBag<int>();
        using var listener = new System.Diagnostics.Metrics.MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Name == "modality_gap.scan.queries")
                    listening.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<int>((_, value, _, _) => scans.Add(value));
        listener.Start();

        // All of these wait for one turn: queries alone and several, of other options, and one that is refused.
        var gate = cluster.GetService<SearchGate>(cluster.Cluster.Silos[0]);
        var (free, turn) = TakeTurn(gate);
        var options = new ClusterSearchOptions { Deadline = _limit, HedgeAfter = _limit };
        var broken = data.Queries[..TestData.Dimension];
        broken[3] = float.NaN;
        var refused = cluster.Gap.SearchAsync("index", broken, 10, options);
        var searches = Enumerable.Range(0, 30).Select(async client =>
        {
            var rows = data.Queries[(client * TestData.Dimension)..((client + 1 + client % 3) * TestData.Dimension)];
            var (k, one, own) = client % 5 == 0 ? (3, new SearchOptions { Modalities = ["text"] }, options with { Modalities = ["text"] }) : (10, null, options);
            Answers.AssertSame(whole, rows, k, one, await cluster.Gap.SearchAsync("index", rows, k, own));
        }).ToArray();
        for (var waited = 0; waited < 2400 && gate.Waiting < 31 * data.Shards; waited++)
            await Task.Delay(50);
        Assert.AreEqual(31 * data.Shards, gate.Waiting);
        free.SetResult();
        await turn;
        await Task.WhenAll(searches);
        Assert.Contains("Query 0 cannot be used", (await Assert.ThrowsExactlyAsync<InvalidDataException>(() => refused)).Message);

        // Of each shard two scans and the refusal, where 31 were asked for: 24 searches of 48 queries in all, and 6 of 12.
        Assert.IsGreaterThanOrEqualTo(data.Shards, scans.Count(queries => queries == 48), string.Join(' ', scans));
        Assert.IsGreaterThanOrEqualTo(data.Shards, scans.Count(queries => queries == 12), string.Join(' ', scans));
    }

    [TestMethod]
    public async Task Search_Overload_IsRefusedAtOnce()
    {
        var options = Microsoft.Extensions.Options.Options.Create(new ModalityGapSiloOptions { ConcurrentSearches = 1, WaitingSearches = 1 });
        using var gate = new SearchGate(options);
        var line = new SearchLine(1, searches => [.. searches.Select(_ => new ShardAnswer())]);
        var search = new ShardSearch { Rows = [0, 0, 128, 63], K = 1, Patience = TimeSpan.FromSeconds(30) };
        var (free, running) = TakeTurn(gate);
        var waiting = gate.RunAsync(line, search);
        Assert.AreEqual(ShardOutcome.Overloaded, (await gate.RunAsync(line, search)).Outcome);
        free.SetResult();
        Assert.AreEqual(ShardOutcome.Found, (await running).Outcome);
        Assert.AreEqual(ShardOutcome.Found, (await waiting).Outcome);

        (free, running) = TakeTurn(gate);
        Assert.AreEqual(ShardOutcome.Late, (await gate.RunAsync(line, search with { Patience = TimeSpan.FromMilliseconds(20) })).Outcome);
        free.SetResult();
        await running;

        // What has come too late does not keep a place.
        Assert.AreEqual(ShardOutcome.Found, (await gate.RunAsync(line, search)).Outcome);
    }

    [TestMethod]
    public async Task Gate_Ends_AndSaysSoToWhoeverWaits()
    {
        var gate = new SearchGate(Microsoft.Extensions.Options.Options.Create(new ModalityGapSiloOptions { ConcurrentSearches = 1 }));
        var (free, running) = TakeTurn(gate);
        var line = new SearchLine(1, searches => [.. searches.Select(_ => new ShardAnswer())]);
        var waiting = gate.RunAsync(line, new ShardSearch { Patience = _limit });
        gate.Dispose();
        Assert.AreEqual(ShardOutcome.Failed, (await waiting).Outcome);
        Assert.AreEqual(ShardOutcome.Failed, (await gate.RunAsync(line, new ShardSearch { Patience = _limit })).Outcome);
        free.SetResult();
        Assert.AreEqual(ShardOutcome.Found, (await running).Outcome);
    }

    [TestMethod]
    public void Line_TakesWhatIsAlike_AsFarAsThereIsRoom()
    {
        var line = new SearchLine(2, _ => []);
        WaitingSearch Add(int queries, int k = 5, string[]? modalities = null, bool mayShare = true)
        {
            var waiting = new WaitingSearch(new ShardSearch { Rows = new byte[2 * sizeof(float) * queries], K = k, Modalities = modalities, Id = Guid.NewGuid(), Patience = TimeSpan.FromSeconds(queries) }, mayShare);
            line.Waiting.Add(waiting);
            return waiting;
        }

        var (first, second, other, same) = (Add(3), Add(2, modalities: ["a"]), Add(1, k: 6), Add(2));
        var (large, alone, small, alike) = (Add(6), Add(1, mayShare: false), Add(1), Add(1, modalities: ["a"]));
        CollectionAssert.AreEqual(new[] { first, same, small }, line.Take(6));
        CollectionAssert.AreEqual(new[] { second, alike }, line.Take(6));
        CollectionAssert.AreEqual(new[] { other }, line.Take(6));
        CollectionAssert.AreEqual(new[] { large }, line.Take(5));
        CollectionAssert.AreEqual(new[] { alone }, line.Take(6));
        Assert.IsEmpty(line.Waiting);
    }

    [TestMethod]
    public async Task Open_Again_ReplacesAllShardsAtOnce()
    {
        using var data = new TestData(shards: 4);
        var former = data.WriteIndexes(fingerprint: "old", name: "old");
        var (rows, dimension) = (data.Rows, TestData.Dimension);
        foreach (var image in data.Images)
            Array.Reverse(image);
        var next = data.WriteIndexes(fingerprint: "new", name: "new");
        await using var cluster = await ClusterFixture.StartAsync(data.File("work"));
        await cluster.Gap.OpenIndexAsync("index", data.CreateIndex(name: "old"), _limit);
        using var done = new CancellationTokenSource();
        using var begun = new CountdownEvent(4);
        var searches = Enumerable.Range(0, begun.InitialCount).Select(_ => Task.Run(async () =>
        {
            var seen = new HashSet<string>();
            while (!done.IsCancellationRequested || !seen.Contains("new"))
            {
                var found = await cluster.Gap.SearchAsync("index", data.Queries, 5);
                Answers.AssertSame(found.Fingerprint == "old" ? former : next, data.Queries, 5, null, found);
                if (seen.Add(found.Fingerprint!) && seen.Count == 1)
                    begun.Signal();
            }

            return seen;
        })).ToArray();

        // Each has had an answer of the old shards.
        Assert.IsTrue(begun.Wait(_limit));
        await cluster.Gap.OpenIndexAsync("index", data.CreateIndex(name: "new"), _limit);
        await done.CancelAsync();
        foreach (var seen in await Task.WhenAll(searches))
            Assert.HasCount(2, seen);

        // Queries of the old maps are told so.
        await Assert.ThrowsExactlyAsync<InvalidDataException>(() => cluster.Gap.SearchAsync("index", data.Queries, 5, new() { Fingerprint = "old" }));
    }

    [TestMethod]
    public async Task Add_Shards_AreSearchedBehindTheOthers()
    {
        using var data = new TestData(shards: 4);
        var some = data.WriteIndexes(shards: [0, 1]);
        var whole = data.WriteIndexes();
        await using var cluster = await ClusterFixture.StartAsync(data.File("work"), silos: 2);
        await cluster.Gap.OpenIndexAsync("index", data.CreateIndex(shards: [0, 1]), _limit);
        Answers.AssertSame(some, data.Queries, 10, null, await cluster.Gap.SearchAsync("index", data.Queries, 10));
        await cluster.Gap.AddToIndexAsync("index", [data.IndexPath(2), data.IndexPath(3)], _limit);
        Answers.AssertSame(whole, data.Queries, 10, null, await cluster.Gap.SearchAsync("index", data.Queries, 10));
        await Assert.ThrowsExactlyAsync<ArgumentException>(() => cluster.Gap.AddToIndexAsync("index", [data.IndexPath(2)], _limit));
        await Assert.ThrowsExactlyAsync<KeyNotFoundException>(() => cluster.Gap.AddToIndexAsync("none", [data.IndexPath(2)], _limit));

        // What does not go with the others, or cannot be read, changes nothing.
        new EmbeddingIndex(3).Save(data.File("other.index"));
        File.WriteAllBytes(data.File("damaged.index"), [.. File.ReadAllBytes(data.IndexPath(0)).Select((value, i) => i == 900 ? (byte)(value ^ 1) : value)]);
        foreach (var (file, words) in new[] { ("other.index", "3 dimensions"), ("damaged.index", "damaged"), ("missing.index", "missing.index") })
            Assert.Contains(words, (await Assert.ThrowsExactlyAsync<InvalidDataException>(() => cluster.Gap.AddToIndexAsync("index", [data.File(file)], _limit))).Message);
        Answers.AssertSame(whole, data.Queries, 10, null, await cluster.Gap.SearchAsync("index", data.Queries, 10));
    }

    [TestMethod]
    public async Task Telemetry_TellsOfShardsAndQueries()
    {
        using var data = new TestData(shards: 2);
        var whole = data.WriteIndexes();
        await using var cluster = await ClusterFixture.StartAsync(data.File("work"), silos: 1);
        var told = new System.Collections.Concurrent.ConcurrentDictionary<string, double>();
        using var listener = new System.Diagnostics.Metrics.MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Meter.Name == "Microsoft.ML.ModalityGap.Orleans")
                    listening.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => told.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value));
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => told.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value));
        listener.Start();
        await cluster.Gap.StartFitAsync("fit", data.CreateFit("map.zip", estimator: "default"));
        await cluster.Gap.WaitForJobAsync("fit", _limit);
        await cluster.Gap.OpenIndexAsync("index", data.CreateIndex(), _limit);
        await cluster.Gap.SearchAsync("index", data.Queries, 3);

        // Tests beside this one tell of theirs, too.
        foreach (var (name, least) in new[] { ("modality_gap.shards", 2), ("modality_gap.rows", 300), ("modality_gap.queries", 40), ("modality_gap.shard_searches", 2), ("modality_gap.search.sent", 40 * 16 * 4 * 2), ("modality_gap.search.coverage", 1) })
            Assert.IsGreaterThanOrEqualTo(least, told.GetValueOrDefault(name), name);
    }

    /// <summary>Takes a turn of a silo until it is told to end.</summary>
    private static (TaskCompletionSource Free, Task<ShardAnswer> Turn) TakeTurn(SearchGate gate)
    {
        var (begun, free) = (new ManualResetEventSlim(), new TaskCompletionSource());
        var line = new SearchLine(1, searches =>
        {
            begun.Set();
            free.Task.GetAwaiter().GetResult();
            return [.. searches.Select(_ => new ShardAnswer())];
        });
        var turn = gate.RunAsync(line, new ShardSearch { Patience = _limit });
        Assert.IsTrue(begun.Wait(_limit));
        return (free, turn);
    }
}
