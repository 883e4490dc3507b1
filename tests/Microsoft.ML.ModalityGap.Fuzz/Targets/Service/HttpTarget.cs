using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SearchService;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>Requests to the search service, byte by byte over a socket: whatever is sent, the answer is an answer and never 500.</summary>
internal sealed partial class HttpTarget : FuzzTarget
{
    private static readonly Lazy<int> _port = new(Start);

    internal override string Name => "http";

    internal override double Share => 0.5;

    internal override InputShape Shape { get; } = new HttpShape(body => body is [0x89, ..] ? new PngShape() : ByteShape.Any);

    internal override IReadOnlyList<byte[]> CreateSeeds() =>
    [
        HttpShape.Create("GET /search?q=a%20red%20star&k=3&modality=image&minimumProbability=0.1 HTTP/1.1\r\nHost: localhost", []),
        HttpShape.Create("GET /search?q=a+small+circle&closed=false HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json", []),
        HttpShape.Create("POST /search?k=2 HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png", ImageTarget.CreatePng(20, 16, 1)),
        HttpShape.Create("POST /classify?class=a%20star&class=a%20ring HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream", ImageTarget.CreatePng(16, 20, 2)),
        HttpShape.Create("GET /about HTTP/1.1\r\nHost: localhost", []),
        HttpShape.Create("GET /health/ready HTTP/1.1\r\nHost: localhost", []),
        HttpShape.Create("GET / HTTP/1.1\r\nHost: localhost", []),
    ];

    internal override void Read(FuzzInput input)
    {
        using var client = new TcpClient { NoDelay = true, ReceiveTimeout = 30_000, SendTimeout = 30_000 };
        client.Connect("127.0.0.1", _port.Value);
        using var stream = client.GetStream();
        var answer = new byte[1 << 16];
        var length = 0;
        try
        {
            stream.Write(input.Bytes);

            // A server that sees the end of what is sent gives an answer up; so only a request that is not whole is ended at once.
            if (!client.Client.Poll(IsWhole(input.Bytes) ? TimeSpan.FromSeconds(20) : TimeSpan.FromMilliseconds(20), SelectMode.SelectRead))
                client.Client.Shutdown(SocketShutdown.Send);
            for (int read; length < answer.Length && (read = stream.Read(answer, length, answer.Length - length)) > 0;)
            {
                // Of a connection that is to be kept, the server waits a minute for more.
                if (length == 0)
                    client.Client.Shutdown(SocketShutdown.Send);
                length += read;
            }
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.NotConnected)
        {
            // The server has closed it first.
        }
        catch (IOException exception) when (exception.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.Shutdown })
        {
            // Who sends what is refused is cut off while sending.
        }

        Judge(Encoding.Latin1.GetString(answer, 0, length));
    }

    /// <summary>Whether the server has all that it may wait for.</summary>
    private static bool IsWhole(byte[] bytes)
    {
        var end = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return false;
        var head = Encoding.Latin1.GetString(bytes, 0, end);
        var length = Length().Match(head);
        return !head.Contains("chunked", StringComparison.OrdinalIgnoreCase) && (length.Success ? length.Groups[1].Value : "0") == (bytes.Length - end - 4).ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"(?im)^Content-Length: *(\d+)\r?$")]
    private static partial Regex Length();

    private static void Judge(string answer)
    {
        if (answer.Length == 0)
            throw new InvalidDataException("The connection was closed.");
        if (!answer.StartsWith("HTTP/1.", StringComparison.Ordinal) || answer.Length < 12 || !int.TryParse(answer.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture, out var status))
            throw new FuzzFaultException("no HTTP answer");
        if (status is 500 or > 599)
            throw new FuzzFaultException($"status {status}: {answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]}");
        if (status >= 400)
            throw new InvalidDataException($"status {status}");
    }

    private static int Start()
    {
        var app = SearchServiceApp.Create(
            ["--gallery", Gallery.Folder, "--urls", "http://127.0.0.1:0", "--max-requests-per-second", "1000000"], builder => builder.Logging.ClearProviders());
        app.StartAsync().GetAwaiter().GetResult();
        return new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
    }
}
