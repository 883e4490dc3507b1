using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.TestingHost;

namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>A cluster in this process: silos that share a folder.</summary>
internal sealed class ClusterFixture : IAsyncDisposable
{
    private readonly InProcessTestCluster _cluster;

    private ClusterFixture(InProcessTestCluster cluster) => _cluster = cluster;

    internal ModalityGapCluster Gap => field ??= _cluster.Client.GetModalityGap();

    internal InProcessTestCluster Cluster => _cluster;

    /// <param name="folder">What the silos share.</param>
    /// <param name="silos">How many.</param>
    /// <param name="losesSilos">Whether some will be killed, which is found out soon then. Elsewhere none is to be taken for dead, however busy the machine.</param>
    /// <param name="configure">The options of each.</param>
    /// <param name="configureSilo">What else they have.</param>
    internal static async Task<ClusterFixture> StartAsync(string folder, int silos = 3, bool losesSilos = false, Action<ModalityGapSiloOptions>? configure = null, Action<ISiloBuilder>? configureSilo = null)
    {
        var builder = new InProcessTestClusterBuilder((short)silos);
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddModalityGap(options =>
            {
                options.Folder = folder;
                configure?.Invoke(options);
            });

            configureSilo?.Invoke(silo);

            silo.Configure<ClusterMembershipOptions>(options =>
            {
                options.ProbeTimeout = losesSilos ? TimeSpan.FromSeconds(1) : TimeSpan.FromMinutes(1);
                options.NumMissedProbesLimit = 2;
                options.NumVotesForDeathDeclaration = 1;
            });
        });
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return new ClusterFixture(cluster);
    }

    internal InProcessSiloHandle FindSilo(string address) => _cluster.Silos.Single(silo => silo.SiloAddress.ToString() == address);

    internal T GetService<T>(InProcessSiloHandle silo)
        where T : notnull => silo.ServiceProvider.GetRequiredService<T>();

    /// <summary>Ends the silo that holds a grain, without letting it say goodbye.</summary>
    internal async Task KillSiloOfAsync(string address) => await _cluster.KillSiloAsync(FindSilo(address));

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();
}
