using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace Cluster;

/// <summary>Silos on this machine, each a process at ports that stay its own; they end with this.</summary>
/// <param name="folder">What they share.</param>
/// <param name="redis">The Redis that keeps their membership; <see langword="null"/> for the first silo, which has to be started first then and must not be lost.</param>
/// <param name="place">Where a silo listens, and the command that its process is started with, such as one that enters a network namespace; <see langword="null"/> for 127.0.0.1 and none.</param>
internal sealed class SiloGroup(string folder, string? redis, Func<int, (string Address, string[] Enter)>? place = null) : IDisposable
{
    private readonly Dictionary<int, SiloProcess> _silos = [];
    private readonly Dictionary<int, SiloSettings> _settings = [];
    private readonly HashSet<int> _ports = [];

    internal SiloProcess this[int number] => _silos[number];

    internal int Count => _silos.Count;

    /// <summary>How many searches each silo computes at once.</summary>
    internal int ConcurrentSearches { get; init; } = Environment.ProcessorCount;

    /// <summary>After how long a silo that does not answer is taken for dead (<see cref="SiloSettings.ProbeTimeout"/>).</summary>
    internal TimeSpan ProbeTimeout { get; init; } = new SiloSettings().ProbeTimeout;

    /// <summary>Starts so many silos, the first before the others, which look for it where there is no Redis.</summary>
    internal async Task StartAllAsync(int count)
    {
        await StartAsync(0);
        await Task.WhenAll(Enumerable.Range(1, count - 1).Select(StartAsync).ToArray());
    }

    /// <summary>Starts a silo, or one that is gone again, and waits until it has joined.</summary>
    internal async Task StartAsync(int number)
    {
        if (_silos.Remove(number, out var former))
            former.Dispose();
        var (address, enter) = place?.Invoke(number) ?? ("127.0.0.1", []);
        if (!_settings.TryGetValue(number, out var settings))
        {
            settings = new SiloSettings { Folder = folder, Redis = redis, ConcurrentSearches = ConcurrentSearches, ProbeTimeout = ProbeTimeout, Address = address, SiloPort = FindPort(), GatewayPort = FindPort() };
            settings = _settings[number] = settings with { PrimaryPort = number == 0 ? settings.SiloPort : _settings[0].SiloPort };
        }

        _silos.Add(number, new SiloProcess(settings, enter));
        await _silos[number].WaitUntilReadyAsync();
    }

    /// <summary>A client of the silos that were started.</summary>
    internal async Task<IHost> ConnectAsync()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Critical);
        builder.UseOrleansClient(client =>
        {
            if (redis is null)
                client.UseLocalhostClustering([.. _settings.Values.Select(settings => settings.GatewayPort)]);
            else
                client.UseRedisClustering(redis);

            // Gateways come and go.
            client.Configure<GatewayOptions>(options => options.GatewayListRefreshPeriod = TimeSpan.FromSeconds(1));
        });
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    /// <summary>A port that no silo of this group has, or will have: one that starts does not listen yet.</summary>
    private int FindPort()
    {
        while (true)
        {
            var port = SiloProcess.FindPort();
            if (_ports.Add(port))
                return port;
        }
    }

    public void Dispose()
    {
        foreach (var silo in _silos.Values)
            silo.Dispose();
        _silos.Clear();
    }
}
