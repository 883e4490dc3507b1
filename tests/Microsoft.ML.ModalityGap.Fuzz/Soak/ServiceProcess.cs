using System.Diagnostics;
using System.Globalization;
using SearchService;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>The search service as it is run by people: a process of its own, with its own limits, on a port of 127.0.0.1.</summary>
internal sealed class ServiceProcess : IDisposable
{
    private readonly Process _process;
    private readonly string _folder;
    private bool _isDisposed;

    private ServiceProcess(Process process, string folder, int port) => (_process, _folder, Port) = (process, folder, port);

    internal int Port { get; }

    internal bool HasExited => _process.HasExited;

    internal static async Task<ServiceProcess> StartAsync(int port)
    {
        var folder = Directory.CreateTempSubdirectory("modality-gap-soak-").FullName;
        var gallery = Path.Combine(folder, "gallery");
        new GalleryBuilder(new MLContext(seed: 1), SourcePairs.DrawScenes(fitCount: 100, shownCount: 100)).Build(gallery);
        var start = new ProcessStartInfo("dotnet", [typeof(SearchServiceApp).Assembly.Location, "--gallery", gallery, "--urls", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"), "--Logging:LogLevel:Default=Error"]) { RedirectStandardOutput = true };
        var process = Process.Start(start)!;

        // Nobody reads what it says; it must not wait for that.
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        var service = new ServiceProcess(process, folder, port);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => service.Dispose();
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var response = await client.GetAsync(new Uri("/health/ready", UriKind.Relative));
                if (response.IsSuccessStatusCode)
                    return service;
            }
            catch (HttpRequestException) when (tries < 240 && !process.HasExited)
            {
                await Task.Delay(500);
                continue;
            }

            service.Dispose();
            throw new InvalidOperationException("The service does not get ready.");
        }
    }

    /// <summary>What it has in memory now, and has had at most, in MB. From Linux' /proc.</summary>
    internal (double Now, double Most) ReadMemory()
    {
        double Read(string name) => File.ReadLines($"/proc/{_process.Id}/status").Where(line => line.StartsWith(name, StringComparison.Ordinal))
            .Select(line => double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) / 1024).FirstOrDefault();
        return (Read("VmRSS:"), Read("VmHWM:"));
    }

    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
