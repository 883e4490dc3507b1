using System.Net;
using System.Net.Sockets;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>Connections to 127.0.0.1 that come from an address of their own in 127.0.0.0/8, so that the service's limits per address tell clients apart.</summary>
internal static class Loopback
{
    internal static async Task<Socket> ConnectAsync(string from, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
            await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    internal static HttpClient CreateClient(string from, int port) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellationToken) => new NetworkStream(await ConnectAsync(from, port, cancellationToken), ownsSocket: true),
    })
    { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
}
