using System.Globalization;
using System.Text;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>A request: its line, its headers or its body is changed; the body's length is mostly stated right.</summary>
/// <param name="body">What bodies are made of.</param>
internal sealed class HttpShape(Func<byte[], InputShape> body) : InputShape
{
    private static ReadOnlySpan<byte> End => "\r\n\r\n"u8;

    private readonly TextShape _head = new(
        "GET", "POST", "PUT", "HEAD", "OPTIONS", "DELETE", "/search", "/classify", "/about", "/health/ready", "/images/image-0", "/images/..%2f..%2fgallery.json", "q=", "k=", "modality=image", "modality=", "closed=true", "closed=maybe", "minimumProbability=",
        "class=a", "class=", "%00", "%F0%9F%98%80", "%C0%AF", "?", "&", "=", "HTTP/1.1", "HTTP/1.0", "Host: localhost", "Host: evil.example", "Content-Type: image/png", "Content-Type: text/plain", "Content-Length: ", "Transfer-Encoding: chunked", "Expect: 100-continue",
        "Range: bytes=0-10", "X-Request-Id: 1", "\r\n", "Connection: close", "Content-Encoding: gzip");

    internal override byte[] Mutate(byte[] parent, FuzzRandom random)
    {
        var end = parent.AsSpan().IndexOf(End);
        if (end < 0)
            return ByteShape.Any.Mutate(parent, random);
        var (head, content) = (parent[..end], parent[(end + End.Length)..]);
        if (content.Length > 0 && random.Chance(0.6))
            content = body(content).MutateOrDamage(content, random);
        else
            head = _head.Mutate(head, random);
        return random.Chance(0.95) ? Create(Encoding.Latin1.GetString(head), content) : [.. head, .. End, .. content];
    }

    /// <summary>A request whose length is stated as it is, and which lets the connection end.</summary>
    internal static byte[] Create(string head, byte[] content)
    {
        var lines = head.Split("\r\n").Where((line, i) => i == 0 || !(line.StartsWith("Content-Length", StringComparison.OrdinalIgnoreCase) || line.StartsWith("Connection", StringComparison.OrdinalIgnoreCase)));
        var length = content.Length == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"\r\nContent-Length: {content.Length}");
        return [.. Encoding.Latin1.GetBytes(string.Join("\r\n", lines) + length + "\r\nConnection: close"), .. End, .. content];
    }
}
