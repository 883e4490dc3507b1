using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Cluster;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>
/// What a cluster adds to the time of one process, on one machine: silos are processes that share its cores, so it is the overhead that is measured, not the scale. <c>data</c> writes shards into a folder, <c>fit</c> and <c>search</c>
/// measure on them, and <c>messages</c> what asking a shard costs beside its scan (docs/scale.md).
/// </summary>
internal static class ClusterMeasurement
{
    private const int Silos = 3;
    private const int Dimension = 512;
    private const int FitShards = 64;
    private const int FitRows = 50_000;
    private const int IndexShards = 8;
    private const int IndexRows = 125_000;
    private const int Clients = 100;
    private const int K = 10;
    private const int WarmUp = 30;
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(5);
    private static readonly string[] _names = ["Image", "Text"];
    private static readonly ClusterSearchOptions _patient = new() { Deadline = _limit, HedgeAfter = _limit };

    internal static async Task<int> RunAsync(string action, string folder)
    {
        using var signals = new StopSignals();
        var stop = signals.Token;
        try
        {
            switch (action)
            {
                case "data":
                    Write(folder, stop);
                    return 0;
                case "fit":
                    await RunOnSilosAsync(folder, gap => FitAsync(gap, folder, stop));
                    return 0;
                case "search":
                    await RunOnSilosAsync(folder, gap => SearchAsync(gap, folder, stop));
                    return 0;
                case "messages":
                    await RunOnSilosAsync(folder, gap => MeasureMessagesAsync(gap, folder, stop));
                    return 0;
                default:
                    throw new ArgumentException($"Give data, fit, search or messages, not '{action}'.", nameof(action));
            }
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            // Whoever ends a group of processes ends silos, too, and what waits for them hears that first.
            Console.Error.WriteLine("Stopped.");
            return StopSignals.ExitCode;
        }
    }

    private static async Task RunOnSilosAsync(string folder, Func<ModalityGapCluster, Task> measure)
    {
        var work = Path.Combine(folder, "work");
        if (Directory.Exists(work))
            Directory.Delete(work, recursive: true);
        using var silos = new SiloGroup(work, redis: null) { ConcurrentSearches = Math.Max(1, Environment.ProcessorCount / Silos) };
        await silos.StartAllAsync(Silos);
        using var host = await silos.ConnectAsync();
        await measure(host.Services.GetRequiredService<IClusterClient>().GetModalityGap());
    }

    private static async Task FitAsync(ModalityGapCluster gap, string folder, CancellationToken stop)
    {
        var fit = new ClusterFit { Modalities = [.. _names.Select((name, modality) => new ClusterModality(name, GetFitFiles(folder, modality)))], Output = Path.Combine(folder, "cluster.zip") };
        for (var round = 0; round < 2; round++)
        {
            var watch = Stopwatch.StartNew();
            var fingerprint = FitAlone(folder, stop);
            var alone = watch.Elapsed.TotalSeconds;
            var sent = ReadLoopback();
            watch.Restart();
            await gap.StartFitAsync($"fit{round}", fit);
            var status = await gap.WaitForJobAsync($"fit{round}", _limit, progress: null, stop);
            var together = watch.Elapsed.TotalSeconds;
            Print($"fit, {FitShards} shards of {FitRows:N0} x {Dimension}: one process {alone:0.0} s, {Silos} silos {together:0.0} s, ratio {together / alone:0.00}; {(status.Fingerprint == fingerprint ? "the same model" : "ANOTHER MODEL")}; {Describe(sent)} between processes");
        }
    }

    private static string FitAlone(string folder, CancellationToken stop)
    {
        var (ml, options) = (new MLContext(), ShardOptions.Default);
        var work = (from modality in Enumerable.Range(0, _names.Length) from file in GetFitFiles(folder, modality) select (Modality: modality, File: file)).ToArray();
        IDataView Open(int modality, string file) => ml.ModalityGap().LoadFromFiles([(_names[modality], file)]);
        var groups = _names.Select((name, modality) => ShardGroup.Of(Open(modality, GetFitFiles(folder, modality).First()), [name])).ToArray();
        var path = Path.Combine(folder, "alone.stats");
        StatisticsFile.Write(path, groups, options, work.Length, samples => work.Select(entry => ShardReader.Measure(
            groups[entry.Modality], [(entry.File, entry.File)], Open(entry.Modality, entry.File), options, samples[entry.Modality], progress: null, stop)));
        return MergedStatistics.Merge([path], stop).Fit(ml.Transforms.WhitenModalities(ModalityColumns.PerColumn(_names))).Fingerprint!;
    }

    private static async Task SearchAsync(ModalityGapCluster gap, string folder, CancellationToken stop)
    {
        using var messages = new MessageCounter();
        var whole = new EmbeddingIndex(Dimension);
        for (var shard = 0; shard < IndexShards; shard++)
            Fill(whole, shard, stop);
        var watch = Stopwatch.StartNew();
        await gap.OpenIndexAsync("index", new ClusterIndex(Enumerable.Range(0, IndexShards).Select(shard => GetIndexFile(folder, shard))), _limit, stop);
        Print($"index, {IndexShards} shards of {IndexRows:N0} x {Dimension}: loaded in {watch.Elapsed.TotalSeconds:0.0} s");
        var queries = CreateRows(1000, 64);
        foreach (var count in new[] { 1, 64 })
        {
            var rows = queries[..(count * Dimension)];
            var (alone, together, isSame, rounds) = (new List<double>(), new List<double>(), true, count == 1 ? 25 : 11);

            // Until the compiler has seen what is called often, silos are slower than they stay.
            for (var round = -WarmUp; round < rounds; round++)
            {
                watch.Restart();
                var expected = whole.SearchBatch(rows.AsSpan(), K);
                var first = watch.Elapsed.TotalMilliseconds;
                watch.Restart();
                var found = await gap.SearchAsync("index", rows, K, _patient, stop);
                var second = watch.Elapsed.TotalMilliseconds;
                isSame &= expected.Zip(found.Neighbors).All(pair => pair.First.Select(neighbor => (neighbor.Position, neighbor.Score)).SequenceEqual(pair.Second.Select(neighbor => ((int)neighbor.Row, neighbor.Score))));
                if (round < 0)
                    continue;
                alone.Add(first);
                together.Add(second);
            }

            alone.Sort();
            together.Sort();
            var (sent, told) = (ReadLoopback(), messages.Read());
            await gap.SearchAsync("index", rows, K, _patient, stop);
            Print($"search, {count} queries, best {K}: one index {alone[0]:0.0} ms at best and {alone[rounds / 2]:0.0} in the middle, {IndexShards} shards on {Silos} silos {together[0]:0.0} and {together[rounds / 2]:0.0}, ratios {together[0] / alone[0]:0.00} and {together[rounds / 2] / alone[rounds / 2]:0.00}; {(isSame ? "the same bits" : "OTHER BITS")}; {Describe(sent)}; the client's messages: {messages.Describe(told)}");
        }

        await MeasureClientsAsync(gap, queries, stop);
    }

    private static async Task MeasureClientsAsync(ModalityGapCluster gap, float[] queries, CancellationToken stop)
    {
        var (times, errors, end) = (new ConcurrentBag<double>(), 0, Stopwatch.StartNew());
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
        {
            var row = queries.AsMemory(client % 64 * Dimension, Dimension);
            while (end.Elapsed.TotalSeconds < 25)
            {
                var watch = Stopwatch.StartNew();
                try
                {
                    await gap.SearchAsync("index", row, K, new() { Deadline = TimeSpan.FromSeconds(30), HedgeAfter = TimeSpan.FromSeconds(30) }, stop);
                    times.Add(watch.Elapsed.TotalSeconds);
                }
                catch (ClusterSearchException)
                {
                    Interlocked.Increment(ref errors);
                }
            }
        })));
        var sorted = times.Order().ToArray();
        Print($"{Clients} clients that ask one query after the other: {sorted.Length / end.Elapsed.TotalSeconds:0.0} queries/s, half within {sorted[sorted.Length / 2]:0.00} s, 99% within {sorted[(int)(0.99 * (sorted.Length - 1))]:0.00} s; {errors} errors");
    }

    /// <summary>What a message to a shard costs beside the scan, which is of next to no rows here.</summary>
    private static async Task MeasureMessagesAsync(ModalityGapCluster gap, string folder, CancellationToken stop)
    {
        using var messages = new MessageCounter();

        // Most first: what is compiled for them serves the others.
        foreach (var shards in new[] { 256, 64, 8 })
        {
            var files = Enumerable.Range(0, shards).Select(shard => Path.Combine(folder, $"small{shard}.index")).ToArray();
            foreach (var file in files)
            {
                var index = new EmbeddingIndex(Dimension);
                index.Add(1L, CreateRows(1, 1));
                index.Save(file);
            }

            await gap.OpenIndexAsync($"small{shards}", new ClusterIndex(files), _limit, stop);
            foreach (var count in new[] { 1, 64 })
            {
                var (rows, times, used) = (CreateRows(1000, count), new List<double>(), TimeSpan.Zero);
                for (var round = -WarmUp; round < 60; round++)
                {
                    var watch = Stopwatch.StartNew();
                    var before = Environment.CpuUsage.TotalTime;
                    await gap.SearchAsync($"small{shards}", rows, K, _patient, stop);
                    if (round < 0)
                        continue;
                    times.Add(watch.Elapsed.TotalMilliseconds);
                    used += Environment.CpuUsage.TotalTime - before;
                }

                var told = messages.Read();
                await gap.SearchAsync($"small{shards}", rows, K, _patient, stop);
                times.Sort();
                Print($"{shards} shards of one row, {count} queries: half within {times[times.Count / 2]:0.00} ms, {1000 * times[times.Count / 2] / shards:0} us a shard; {used.TotalMicroseconds / (times.Count * shards):0} us of the client's processor a shard; {messages.Describe(told)}");
            }
        }
    }

    private static void Write(string folder, CancellationToken stop)
    {
        Directory.CreateDirectory(folder);
        for (var shard = 0; shard < FitShards; shard++)
        {
            stop.ThrowIfCancellationRequested();
            var rows = CreateRows(shard, FitRows);
            var schema = SchemaDefinition.Create(typeof(Row));
            schema[nameof(Row.Values)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, Dimension);
            var ml = new MLContext();
            var data = ml.Data.LoadFromEnumerable(Enumerable.Range(0, FitRows).Select(row => new Row { Values = rows[(row * Dimension)..((row + 1) * Dimension)] }), schema);
            ml.ModalityGap().SaveAsNpy(data, GetFitFiles(folder, shard % _names.Length).ElementAt(shard / _names.Length), nameof(Row.Values));
        }

        for (var shard = 0; shard < IndexShards; shard++)
        {
            var index = new EmbeddingIndex(Dimension);
            Fill(index, shard, stop);
            index.Save(GetIndexFile(folder, shard));
        }
    }

    private static void Fill(EmbeddingIndex index, int shard, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        var rows = CreateRows(500 + shard, IndexRows);
        for (var row = 0; row < IndexRows; row++)
            index.Add((long)shard * IndexRows + row, rows.AsSpan(row * Dimension, Dimension));
    }

    private static float[] CreateRows(int seed, int count)
    {
        var (random, rows) = (new Random(seed), new float[count * Dimension]);
        for (var i = 0; i < rows.Length; i++)
            rows[i] = random.NextSingle() - 0.4f;
        return rows;
    }

    private static IEnumerable<string> GetFitFiles(string folder, int modality) => Enumerable.Range(0, FitShards / _names.Length).Select(shard => Path.Combine(folder, $"{_names[modality]}_{shard}.npy"));

    private static string GetIndexFile(string folder, int shard) => Path.Combine(folder, $"{shard}.index");

    /// <summary>What went over the loopback device so far, whoever sent it.</summary>
    private static (long Bytes, long Packets) ReadLoopback()
    {
        var fields = File.ReadLines("/proc/net/dev").Single(line => line.TrimStart().StartsWith("lo:", StringComparison.Ordinal)).Split([' ', ':'], StringSplitOptions.RemoveEmptyEntries);
        return (long.Parse(fields[9], CultureInfo.InvariantCulture), long.Parse(fields[10], CultureInfo.InvariantCulture));
    }

    private static string Describe((long Bytes, long Packets) before)
    {
        var (bytes, packets) = ReadLoopback();
        return string.Create(CultureInfo.InvariantCulture, $"{(bytes - before.Bytes) / 1000.0:N0} kB in {packets - before.Packets:N0} packets");
    }

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private sealed class Row
    {
        public float[] Values { get; set; } = [];
    }

    /// <summary>Counts what Orleans tells of this process's messages.</summary>
    private sealed class MessageCounter : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly ConcurrentDictionary<string, (long Count, double Sum)> _told = [];

        internal MessageCounter()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "Microsoft.Orleans" && instrument.Name.Contains("messages-size", StringComparison.Ordinal))
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => Add(instrument.Name, value));
            _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Add(instrument.Name, value));
            _listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => Add(instrument.Name, value));
            _listener.Start();
        }

        internal Dictionary<string, (long Count, double Sum)> Read() => new(_told);

        internal string Describe(Dictionary<string, (long Count, double Sum)> before) => string.Join(", ", _told.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry =>
        {
            var (count, sum) = before.GetValueOrDefault(entry.Key);
            return string.Create(CultureInfo.InvariantCulture, $"{entry.Key} {entry.Value.Count - count} of {entry.Value.Sum - sum:N0} bytes");
        }));

        public void Dispose() => _listener.Dispose();

        private void Add(string name, double value) => _told.AddOrUpdate(name, (1, value), (_, known) => (known.Count + 1, known.Sum + value));
    }
}
