using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>Those who wish the service ill, each from an address of its own: broken requests, images that claim gigabytes, bodies that never come, floods, bodies that are too long.</summary>
internal sealed class HostileClients(int port)
{
    // 13,377² pixels in a few hundred bytes: what a decoder would make 680 MB of.
    private const int BombSide = 13_377;

    private readonly ConcurrentDictionary<string, long> _counts = new(StringComparer.Ordinal);

    /// <summary>What was done and what the answers were.</summary>
    internal IReadOnlyDictionary<string, long> Counts => _counts;

    internal Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(
    [
        RepeatAsync("broken requests", "127.0.0.2", TimeSpan.FromMilliseconds(60), SendBrokenAsync, cancellationToken),
        RepeatAsync("image bombs", "127.0.0.3", TimeSpan.FromMilliseconds(400), SendBombAsync, cancellationToken),
        RepeatAsync("flood", "127.0.0.4", TimeSpan.FromMilliseconds(4), FloodAsync, cancellationToken),
        RepeatAsync("bodies too long", "127.0.0.5", TimeSpan.FromSeconds(2), SendLongAsync, cancellationToken),
        .. Enumerable.Range(0, 100).Select(i => RepeatAsync("slow bodies", $"127.0.1.{i + 1}", TimeSpan.FromMilliseconds(500), SendSlowlyAsync, cancellationToken)),
    ]);

    private async Task RepeatAsync(string name, string from, TimeSpan pause, Func<Socket, long, CancellationToken, Task> attack, CancellationToken cancellationToken)
    {
        for (var number = 0L; !cancellationToken.IsCancellationRequested; number++)
        {
            string answer;
            try
            {
                using var socket = await Loopback.ConnectAsync(from, port, cancellationToken);
                await attack(socket, number, cancellationToken);
                var buffer = new byte[4096];
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                patience.CancelAfter(TimeSpan.FromSeconds(10));
                var read = await socket.ReceiveAsync(buffer, patience.Token);
                answer = read >= 12 ? Encoding.ASCII.GetString(buffer, 9, 3) : "closed";
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException)
            {
                answer = exception is SocketException ? "closed" : "no answer";
            }

            _counts.AddOrUpdate($"{name}: {answer}", 1, (_, count) => count + 1);
            await Task.Delay(pause, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static readonly HttpTarget _http = new();
    private static readonly IReadOnlyList<byte[]> _requests = _http.CreateSeeds();

    private static async Task SendBrokenAsync(Socket socket, long number, CancellationToken cancellationToken)
    {
        var random = new FuzzRandom(1, "soak", number);
        await socket.SendAsync(_http.Shape.MutateOrDamage(random.Pick(_requests), random), cancellationToken);
        socket.Shutdown(SocketShutdown.Send);
    }

    private static async Task SendBombAsync(Socket socket, long number, CancellationToken cancellationToken)
    {
        var png = ImageTarget.CreatePng(2, 2, 1);
        byte[] header = [0, 0, BombSide >> 8, BombSide & 255, 0, 0, BombSide >> 8, BombSide & 255, 8, 6, 0, 0, 0];
        byte[] bomb = [.. png.AsSpan(0, 8), .. PngShape.Write("IHDR", header), .. png.AsSpan(33)];
        await socket.SendAsync(HttpShape.Create("POST /search HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png", bomb), cancellationToken);
    }

    private static async Task FloodAsync(Socket socket, long number, CancellationToken cancellationToken) =>
        await socket.SendAsync(HttpShape.Create("GET /search?q=flood HTTP/1.1\r\nHost: localhost", []), cancellationToken);

    private static async Task SendLongAsync(Socket socket, long number, CancellationToken cancellationToken) =>
        await socket.SendAsync(HttpShape.Create("POST /search HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png", new byte[6 << 20]), cancellationToken);

    /// <summary>Promises four megabytes and sends a byte a second.</summary>
    private static async Task SendSlowlyAsync(Socket socket, long number, CancellationToken cancellationToken)
    {
        await socket.SendAsync("POST /search HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\nContent-Length: 4000000\r\n\r\n"u8.ToArray(), cancellationToken);
        for (var i = 0; i < 60; i++)
        {
            await Task.Delay(1000, cancellationToken);
            await socket.SendAsync(new byte[1], cancellationToken);
        }
    }
}
