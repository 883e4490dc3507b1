using System.Net;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.ML.ModalityGap;
using Orleans.Configuration;

namespace Cluster;

/// <summary>One silo. Membership is kept by the first of them, which is for development alone: an application chooses a clustering that outlives its silos.</summary>
internal static class SiloHost
{
    internal const string Ready = "ready";
    private const int FirstSiloPort = 21111;
    private const int FirstGatewayPort = 31111;

    internal static int[] GetGateways(int silos) => [.. Enumerable.Range(0, silos).Select(number => FirstGatewayPort + number)];

    internal static async Task RunAsync(int number, string folder)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(FirstSiloPort + number, FirstGatewayPort + number, new IPEndPoint(IPAddress.Loopback, FirstSiloPort))
            .Configure<ClusterMembershipOptions>(options => (options.ProbeTimeout, options.NumMissedProbesLimit, options.NumVotesForDeathDeclaration) = (TimeSpan.FromSeconds(1), 2, 1))
            .AddModalityGap(options => options.Folder = folder));
        using var host = builder.Build();
        await host.StartAsync();
        Console.WriteLine(Ready);
        await host.WaitForShutdownAsync();
    }
}
