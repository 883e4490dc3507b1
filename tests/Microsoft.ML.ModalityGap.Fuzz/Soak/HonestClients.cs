using System.Collections.Concurrent;
using System.Diagnostics;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>People who search by text and by image and classify images, a few times a second.</summary>
internal sealed class HonestClients(int port)
{
    private const int Clients = 4;

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(300);

    private readonly ConcurrentQueue<double> _latencies = new();
    private readonly ConcurrentQueue<string> _errors = new();

    internal IReadOnlyCollection<string> Errors => _errors;

    /// <summary>How long the answers took since it was last asked, in milliseconds.</summary>
    internal double[] TakeLatencies()
    {
        var taken = new List<double>();
        while (_latencies.TryDequeue(out var latency))
            taken.Add(latency);
        return [.. taken];
    }

    internal Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(Enumerable.Range(0, Clients).Select(i => RunAsync(i, cancellationToken)));

    private async Task RunAsync(int number, CancellationToken cancellationToken)
    {
        using var client = Loopback.CreateClient("127.0.0.1", port);
        var random = new Random(number);
        while (!cancellationToken.IsCancellationRequested)
        {
            var start = Stopwatch.GetTimestamp();
            try
            {
                using var request = Create(random);
                using var response = await client.SendAsync(request, CancellationToken.None);
                var body = await response.Content.ReadAsStringAsync(CancellationToken.None);
                _latencies.Enqueue(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                if (!response.IsSuccessStatusCode)
                    _errors.Enqueue($"{request.Method} {request.RequestUri}: {(int)response.StatusCode} {body}");
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or TaskCanceledException)
            {
                _errors.Enqueue(exception.Message);
            }

            await Task.Delay(_pause, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static HttpRequestMessage Create(Random random)
    {
        string[] sizes = ["small", "large"], colors = ["red", "green", "blue", "yellow"], shapes = ["circle", "square", "star", "heart"];
        var words = $"a {sizes[random.Next(sizes.Length)]} {colors[random.Next(colors.Length)]} {shapes[random.Next(shapes.Length)]}";
        switch (random.Next(4))
        {
            case 0:
                return Post("/search?k=5", random);
            case 1:
                return Post("/classify", random);
            default:
                return new HttpRequestMessage(HttpMethod.Get, $"/search?k=10&q={Uri.EscapeDataString(words)}");
        }
    }

    private static HttpRequestMessage Post(string path, Random random)
    {
        var content = new ByteArrayContent(ImageTarget.CreatePng(64 + random.Next(64), 64, random.Next()));
        content.Headers.ContentType = new("image/png");
        return new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
    }
}
