using System.Diagnostics;

namespace Cluster;

/// <summary>Silos as processes of their own; they end with this.</summary>
internal sealed class SiloProcesses : IDisposable
{
    private readonly List<Process> _processes = [];

    internal async Task StartAsync(int silos, string folder)
    {
        // The first one keeps the membership, so it comes first.
        for (var number = 0; number < silos; number++)
        {
            var host = Environment.ProcessPath!;
            string[] self = Path.GetFileNameWithoutExtension(host) == "dotnet" ? [typeof(SiloProcesses).Assembly.Location] : [];
            var process = Process.Start(new ProcessStartInfo(host, [.. self, "silo", $"{number}", folder]) { RedirectStandardOutput = true })!;
            _processes.Add(process);
            while (await process.StandardOutput.ReadLineAsync() is { } line && line != SiloHost.Ready)
            {
            }

            if (process.HasExited)
                throw new InvalidOperationException($"Silo {number} did not start; is another cluster running on this machine?");
        }
    }

    /// <summary>Ends one as a power cut would.</summary>
    internal void Kill(int number) => _processes[number].Kill();

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            if (!process.HasExited)
                process.Kill();
            process.WaitForExit();
            process.Dispose();
        }

        _processes.Clear();
    }
}
