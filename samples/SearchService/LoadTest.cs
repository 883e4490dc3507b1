using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace SearchService;

/// <summary>Requests over loopback for a while, from this process: server and clients share the machine, so a server alone does better.</summary>
internal static class LoadTest
{
    private const int Clients = 16;

    internal static async Task RunAsync(WebApplication app, TimeSpan duration, TextWriter output)
    {
        app.Urls.Clear();
        app.Urls.Add("http://127.0.0.1:0");
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Clients }) { BaseAddress = new Uri(address) };

        await MeasureAsync(client, TimeSpan.FromSeconds(1), CancellationToken.None);
        var (latencies, failures, elapsed) = await MeasureAsync(client, duration, CancellationToken.None);
        await app.StopAsync();

        Array.Sort(latencies);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{latencies.Length} searches by {Clients} clients in {elapsed.TotalSeconds:0.0} s on {Environment.ProcessorCount} cores: {latencies.Length / elapsed.TotalSeconds:0} requests/s, p50 {Percentile(0.5):0.0} ms, p99 {Percentile(0.99):0.0} ms, {failures} failed"));

        double Percentile(double share) => latencies.Length == 0 ? double.NaN : latencies[Math.Min(latencies.Length - 1, (int)(share * latencies.Length))];
    }

    private static async Task<(double[] Latencies, int Failures, TimeSpan Elapsed)> MeasureAsync(HttpClient client, TimeSpan duration, CancellationToken cancellationToken)
    {
        string[] sizes = ["small", "large"], colors = ["red", "green", "blue", "yellow", "purple"], shapes = ["circle", "square", "star", "heart", "ring"];
        var latencies = new ConcurrentBag<double>();
        var failures = 0;
        var watch = Stopwatch.StartNew();
        await Parallel.ForEachAsync(Enumerable.Range(0, Clients), new ParallelOptions { MaxDegreeOfParallelism = Clients, CancellationToken = cancellationToken }, async (seed, token) =>
        {
            var random = new Random(seed);
            while (watch.Elapsed < duration)
            {
                var query = $"a {sizes[random.Next(sizes.Length)]} {colors[random.Next(colors.Length)]} {shapes[random.Next(shapes.Length)]}";
                var start = Stopwatch.GetTimestamp();
                using var response = await client.GetAsync(new Uri($"/search?k=10&q={Uri.EscapeDataString(query)}", UriKind.Relative), token);
                await response.Content.ReadAsByteArrayAsync(token);
                if (!response.IsSuccessStatusCode)
                    Interlocked.Increment(ref failures);
                latencies.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        });
        return ([.. latencies], failures, watch.Elapsed);
    }
}
