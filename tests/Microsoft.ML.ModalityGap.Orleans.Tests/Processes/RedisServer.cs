using System.Diagnostics;
using System.Net.Sockets;
using Cluster;

namespace Microsoft.ML.ModalityGap.Tests.Processes;

/// <summary>A Redis of a test's own, at a port of its own, that keeps nothing on disk and ends with this.</summary>
internal sealed class RedisServer : IDisposable
{
    // .ci/run sets it, so that what it could not install is a failure there.
    private const string Required = "MODALITY_GAP_REQUIRE_REDIS";

    private readonly Process _process;

    private RedisServer(Process process, string endpoint) => (_process, Endpoint) = (process, endpoint);

    internal string Endpoint { get; }

    /// <summary>Starts one. Where there is no <c>redis-server</c> the test has failed in CI, and elsewhere says that it was not run.</summary>
    /// <param name="folder">Where it may write.</param>
    /// <param name="address">Where it listens.</param>
    internal static async Task<RedisServer> StartAsync(string folder, string address = "127.0.0.1")
    {
        var port = SiloProcess.FindPort();
        Process process;
        try
        {
            string[] arguments = ["--bind", address, "--port", $"{port}", "--protected-mode", "no", "--save", "", "--appendonly", "no", "--dir", folder, "--logfile", Path.Combine(folder, "redis.log")];
            process = Process.Start(new ProcessStartInfo("redis-server", arguments))!;
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            var reason = $"There is no redis-server (Debian: apt-get install redis-server), which keeps the membership of silos in processes of their own: {exception.Message}";
            if (Environment.GetEnvironmentVariable(Required) is "true" or "1")
                Assert.Fail(reason);
            Assert.Inconclusive(reason);
            throw;
        }

        for (var waited = 0; waited < 2400 && !process.HasExited; waited++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(address, port);
                return new RedisServer(process, $"{address}:{port}");
            }
            catch (SocketException)
            {
                await Task.Delay(50);
            }
        }

        using (process)
            process.Kill();
        throw new InvalidOperationException($"redis-server does not answer at {address}:{port}; its log is in {folder}.");
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
