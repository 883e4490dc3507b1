using System.Diagnostics;
using System.Globalization;
using Cluster;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Microsoft.ML.ModalityGap.Tests.Processes;

/// <summary>Fits and transforms one behind the other, an index that is replaced again and again, and clients that search, on silos in processes of their own; all of it held against what one process does.</summary>
internal sealed class Workload : IAsyncDisposable
{
    internal const int Silos = 3;
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(2);
    private static readonly string[] _generations = ["first", "second"];

    private readonly TestData _data = new(shards: 12, rows: 2000);
    private readonly CancellationTokenSource _over = new();
    private readonly Dictionary<string, EmbeddingIndex> _indexes = [];
    private readonly byte[] _model;
    private readonly byte[][] _closed;
    private readonly float[] _queries;
    private RedisServer? _redis;
    private SiloGroup? _silos;
    private IHost? _host;
    private Task[] _work = [];
    private string _job = "fit0";
    private int _fits;
    private int _transforms;
    private int _replacements;
    private int _answers;
    private int _errors;
    private double _longest;

    private Workload()
    {
        _model = _data.FitAlone(arePairs: true, "corrected");
        _closed = _data.TransformAlone();
        _queries = _data.Queries[..(4 * TestData.Dimension)];
        foreach (var name in _generations)
        {
            _indexes.Add(name, _data.WriteIndexes(fingerprint: name, name: name));
            _data.Images.ForEach(Array.Reverse);
        }
    }

    /// <summary>How many silos have ended by themselves, as one does that was taken for dead and is not.</summary>
    internal int EndedAlone { get; private set; }

    private IClusterClient Client => _host!.Services.GetRequiredService<IClusterClient>();

    private ModalityGapCluster Gap => field ??= Client.GetModalityGap();

    /// <summary>Starts silos and what they work on.</summary>
    /// <param name="network">Where they are; <see langword="null"/> for 127.0.0.1.</param>
    internal static async Task<Workload> StartAsync(Network? network = null)
    {
        var workload = new Workload();
        try
        {
            workload._redis = await RedisServer.StartAsync(workload._data.Folder, network?.Address ?? "127.0.0.1");
            workload._silos = new SiloGroup(workload._data.File("work"), workload._redis.Endpoint, network is null ? null : network.GetPlace);
            await workload._silos.StartAllAsync(Silos);
            workload._host = await workload._silos.ConnectAsync();
            await workload.OpenAsync(0);
            workload._work = [workload.RunJobsAsync(), workload.ReplaceAsync(), workload.SearchAsync(), workload.SearchAsync()];
            return workload;
        }
        catch
        {
            await workload.DisposeAsync();
            throw;
        }
    }

    internal SiloProcess GetSilo(int number) => _silos![number];

    /// <summary>Says at once what has failed.</summary>
    internal Task CheckAsync() => _work.FirstOrDefault(task => task.IsFaulted) ?? Task.CompletedTask;

    /// <summary>The silo that has the coordinator of the job that runs; <see langword="null"/> where none is found.</summary>
    internal async Task<int?> FindCoordinatorAsync()
    {
        try
        {
            var address = await Client.GetGrain<IManagementGrain>(0).GetActivationAddress(Client.GetGrain<IJobGrain>(_job)).AsTask().WaitAsync(TimeSpan.FromSeconds(5));
            return address is null ? null : Enumerable.Range(0, Silos).Cast<int?>().FirstOrDefault(number => _silos![number!.Value].Settings is var settings && settings.SiloPort == address.Endpoint.Port && settings.Address == address.Endpoint.Address.ToString());
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            return null;
        }
    }

    /// <summary>The silo that has the coordinator. Between two jobs, and while one that was lost comes back, there is none.</summary>
    internal async Task<int> WaitForCoordinatorAsync()
    {
        for (var watch = Stopwatch.StartNew(); ; await Task.Delay(50))
        {
            if (await FindCoordinatorAsync() is { } number)
                return number;
            await CheckAsync();
            Assert.IsLessThan(_limit, watch.Elapsed);
        }
    }

    /// <summary>Starts silos that have ended.</summary>
    /// <param name="killed">The one that was killed, where one was.</param>
    internal async Task RestartAsync(int? killed = null)
    {
        for (var number = 0; number < Silos; number++)
        {
            if (!_silos![number].HasExited)
                continue;
            if (number != killed)
                EndedAlone++;

            // One that cannot reach those that are gone, but not yet declared so, ends again; whoever runs silos starts it once more.
            for (var watch = Stopwatch.StartNew(); ;)
            {
                try
                {
                    await _silos.StartAsync(number);
                    break;
                }
                catch (InvalidOperationException) when (watch.Elapsed < _limit)
                {
                    EndedAlone++;
                }
            }
        }
    }

    /// <summary>Lets what was begun come to its end, whatever happened, and checks that all is as it was.</summary>
    /// <returns>What was done.</returns>
    internal async Task<string> FinishAsync()
    {
        await _over.CancelAsync();
        await Task.WhenAll(_work).WaitAsync(2 * _limit);
        Assert.IsTrue(_fits > 0 && _transforms > 0 && _replacements > 0 && _answers > 0);
        await OpenAsync(1);
        Answers.AssertSame(_indexes[_generations[1]], _data.Queries, 10, null, await Gap.SearchAsync("index", _data.Queries, 10, new() { Deadline = TimeSpan.FromSeconds(30) }));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{_fits} fits, {_transforms} transforms, {_replacements} replacements; {_answers} searches answered and {_errors} refused, the longest within {_longest:0.0} s; {EndedAlone} silos ended by themselves.");
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _silos?.Dispose();
        _host?.Dispose();
        _redis?.Dispose();

        // They end with their client, in whatever way.
        await Task.WhenAll(_work).WaitAsync(_limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _data.Dispose();
        _over.Dispose();
    }

    private Task OpenAsync(int round) => Gap.OpenIndexAsync("index", _data.CreateIndex(replicas: 2, _generations[round % _generations.Length]), _limit);

    private async Task RunJobsAsync()
    {
        for (var round = 0; !_over.IsCancellationRequested; round++)
        {
            _job = $"fit{round}";
            await TryAsync(() => Gap.StartFitAsync(_job, _data.CreateFit("map.zip")));
            var status = await Gap.WaitForJobAsync(_job, _limit);
            CollectionAssert.AreEqual(_model, TestData.ReadModel(_data.File("map.zip")), "the model of a fit");
            Assert.IsTrue(status.Shards.All(shard => shard.Rows == _data.Rows));
            File.Delete(_data.File("map.zip"));
            _fits++;
            var folder = _data.File($"closed{round}");
            _job = $"transform{round}";
            var transform = new ClusterTransform { Model = _data.File("alone.zip"), Modality = new ClusterModality("image", Enumerable.Range(0, _data.Shards).Select(_data.ImagePath)), OutputFolder = folder };
            await TryAsync(() => Gap.StartTransformAsync(_job, transform));
            await Gap.WaitForJobAsync(_job, _limit);
            for (var i = 0; i < _closed.Length; i++)
                CollectionAssert.AreEqual(_closed[i], await File.ReadAllBytesAsync(Path.Combine(folder, $"img_{i}.npy")), $"shard {i} of a transform");
            _transforms++;
        }
    }

    private async Task ReplaceAsync()
    {
        for (var round = 1; !_over.IsCancellationRequested; round++)
        {
            await OpenAsync(round);
            _replacements++;
            await Task.Delay(3000);
        }
    }

    private async Task SearchAsync()
    {
        var options = new ClusterSearchOptions { Deadline = TimeSpan.FromSeconds(10), HedgeAfter = TimeSpan.FromMilliseconds(200) };
        while (!_over.IsCancellationRequested)
        {
            var watch = Stopwatch.StartNew();
            try
            {
                var found = await Gap.SearchAsync("index", _queries, 10, options);
                Assert.AreEqual(1, found.Coverage);
                Answers.AssertSame(_indexes[found.Fingerprint!], _queries, 10, null, found);
                Interlocked.Increment(ref _answers);
            }
            catch (ClusterSearchException exception)
            {
                Assert.Contains("index", exception.Message);
                Interlocked.Increment(ref _errors);
            }

            var seconds = watch.Elapsed.TotalSeconds;
            lock (_over)
                _longest = Math.Max(_longest, seconds);

            // As far as a busy machine keeps time.
            Assert.IsLessThan(2 * options.Deadline.TotalSeconds, seconds);

            // Silos that start need the processor, too.
            await Task.Delay(100);
        }
    }

    /// <summary>What is begun twice is begun once; so a caller whose call was lost calls again.</summary>
    private static async Task TryAsync(Func<Task> call)
    {
        for (var watch = Stopwatch.StartNew(); ;)
        {
            try
            {
                await call();
                return;
            }
            catch (Exception exception) when (exception is TimeoutException or OrleansException && watch.Elapsed < _limit)
            {
                await Task.Delay(100);
            }
        }
    }
}
