using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.ML.ModalityGap;
using Orleans.Configuration;

namespace Cluster;

/// <summary>One silo. Its membership is kept by Redis, or for development by the first silo: an application chooses a clustering that outlives its silos.</summary>
internal static class SiloHost
{
    internal const string Ready = "ready";

    internal static async Task RunAsync(string[] args)
    {
        var builder = Host.CreateApplicationBuilder(args);
        var settings = builder.Configuration.Get<SiloSettings>()!;
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.UseOrleans(silo =>
        {
            if (settings.Redis is { } redis)
                silo.UseRedisClustering(redis).ConfigureEndpoints(IPAddress.Parse(settings.Address), settings.SiloPort, settings.GatewayPort);
            else
                silo.UseLocalhostClustering(settings.SiloPort, settings.GatewayPort, new IPEndPoint(IPAddress.Loopback, settings.PrimaryPort));

            silo.Configure<ClusterMembershipOptions>(options => (options.ProbeTimeout, options.NumMissedProbesLimit, options.NumVotesForDeathDeclaration) = (settings.ProbeTimeout, 2, 1));
            silo.AddModalityGap(options => (options.Folder, options.StallTimeout, options.ConcurrentSearches) = (settings.Folder, settings.StallTimeout, settings.ConcurrentSearches));
        });
        using var host = builder.Build();
        await host.StartAsync();
        Console.WriteLine(Ready);
        await host.WaitForShutdownAsync();
    }
}
