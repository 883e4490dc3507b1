using System.Diagnostics;

namespace Microsoft.ML.ModalityGap.Tests.Processes;

/// <summary>A bridge on this machine and hosts behind it, each a network namespace with a cable that can be pulled. Takes root on Linux.</summary>
internal sealed class Network : IDisposable
{
    private readonly string _name = $"mg{Environment.ProcessId % 100_000}";
    private readonly string _prefix = $"10.213.{1 + Environment.ProcessId % 250}";
    private int _hosts;

    private Network()
    {
    }

    /// <summary>Where this machine listens for its hosts.</summary>
    internal string Address => $"{_prefix}.1";

    /// <summary>Makes one. Where that is not allowed the test says that it was not run.</summary>
    internal static Network Create(int hosts)
    {
        var network = new Network();
        try
        {
            network.Build(hosts);
            return network;
        }
        catch (Exception exception) when (exception is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            network.Dispose();
            Assert.Inconclusive($"Network namespaces cannot be made here, which takes root and ip (Debian: iproute2) on Linux: {exception.Message}");
            throw;
        }
    }

    /// <summary>Where a host listens, and the command that starts a process on it.</summary>
    internal (string Address, string[] Enter) GetPlace(int host) => ($"{_prefix}.{11 + host}", ["ip", "netns", "exec", GetSpace(host)]);

    /// <summary>Pulls the cable of a host, or puts it back.</summary>
    internal void Cut(int host, bool isCut) => Run("link", "set", GetCable(host), isCut ? "down" : "up");

    public void Dispose()
    {
        // With its namespace goes a host's cable.
        for (var host = 0; host < _hosts; host++)
            TryRun(["netns", "del", GetSpace(host)]);
        if (_hosts > 0)
            TryRun(["link", "del", _name]);
    }

    private void Build(int hosts)
    {
        Run("link", "add", _name, "type", "bridge");
        _hosts = hosts;
        Run("addr", "add", $"{Address}/24", "dev", _name);
        Run("link", "set", _name, "up");
        for (var host = 0; host < hosts; host++)
        {
            Run("netns", "add", GetSpace(host));
            Run("link", "add", GetCable(host), "type", "veth", "peer", "name", "eth0", "netns", GetSpace(host));
            Run("link", "set", GetCable(host), "master", _name, "up");
            Run("-n", GetSpace(host), "addr", "add", $"{GetPlace(host).Address}/24", "dev", "eth0");
            Run("-n", GetSpace(host), "link", "set", "eth0", "up");
            Run("-n", GetSpace(host), "link", "set", "lo", "up");
        }
    }

    private string GetSpace(int host) => $"{_name}h{host}";

    private string GetCable(int host) => $"{_name}v{host}";

    private static void Run(params string[] arguments)
    {
        if (TryRun(arguments) is { } error)
            throw new InvalidOperationException($"ip {string.Join(' ', arguments)}: {error}");
    }

    private static string? TryRun(string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd().Trim();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : error;
    }
}
