using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Microsoft.ML.ModalityGap;

/// <summary>What a block holds: four ASCII letters and the version of its layout.</summary>
internal readonly record struct BlockSignature(string Name, byte Version);

/// <summary>
/// A length-framed, checksummed block: the container of everything this library stores.
/// </summary>
/// <remarks>
/// <code>
/// 4 bytes   signature (ASCII)
/// byte      version of the layout
/// int64     length of the content
/// content
/// 32 bytes  SHA-256 of all the above
/// </code>
/// A file that was cut, or in which a byte changed, is refused before any of its content is interpreted.
/// </remarks>
internal static class CheckedBlock
{
    private const int HeaderLength = 4 + 1 + sizeof(long);
    private const int ChunkLength = 1 << 20;

    internal static void Write(Stream stream, BlockSignature signature, Action<BinaryWriter> writeContent)
    {
        using var buffer = new MemoryStream();
        using (var writer = new BinaryWriter(buffer, Encoding.UTF8, leaveOpen: true))
            writeContent(writer);
        var content = buffer.GetBuffer().AsSpan(0, (int)buffer.Length);

        Span<byte> header = stackalloc byte[HeaderLength];
        Encoding.ASCII.GetBytes(signature.Name, header);
        header[4] = signature.Version;
        BinaryPrimitives.WriteInt64LittleEndian(header[5..], content.Length);

        stream.Write(header);
        stream.Write(content);
        stream.Write(Hash(header, content));
    }

    /// <exception cref="InvalidDataException">The stream holds no such block, a newer one, or a damaged one.</exception>
    internal static BlockReader Read(Stream stream, BlockSignature signature, string what)
    {
        var header = new byte[HeaderLength];
        var headerLength = stream.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false);
        if (headerLength < HeaderLength || Encoding.ASCII.GetString(header, 0, 4) != signature.Name)
            throw new InvalidDataException($"This is no {what}: the block '{signature.Name}' that begins one was not found.");
        if (header[4] > signature.Version || header[4] == 0)
            throw new InvalidDataException($"This {what} has layout version {header[4]}; this version of Microsoft.ML.ModalityGap reads up to {signature.Version}.");

        var length = BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(5));
        if (length is < 0 or > int.MaxValue)
            throw new InvalidDataException($"This {what} is damaged: it states a length of {length} bytes.");

        var content = ReadUpTo(stream, (int)length);
        var hash = new byte[SHA256.HashSizeInBytes];
        if (content.Length < length || stream.ReadAtLeast(hash, hash.Length, throwOnEndOfStream: false) < hash.Length)
            throw new InvalidDataException($"This {what} is cut short: {length} bytes are expected, the end came after {content.Length}.");
        if (!hash.AsSpan().SequenceEqual(Hash(header, content.Span)))
            throw new InvalidDataException($"This {what} is damaged: its checksum does not match its content.");
        return new BlockReader(content, header[4]);
    }

    /// <summary>Reads a block that holds one thing and nothing else.</summary>
    /// <exception cref="InvalidDataException">The stream holds no such block, a newer one, a damaged one, or one that goes on behind the thing.</exception>
    internal static T Read<T>(Stream stream, BlockSignature signature, string what, Func<BlockReader, T> readContent)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var reader = Read(stream, signature, what);
        return Interpret(what, () =>
        {
            var content = readContent(reader);
            reader.ExpectEnd();
            return content;
        });
    }

    /// <summary>
    /// Makes of stored content what it stands for. Of what nobody could have stored, the thing that is made says so as it would to a caller, by an <see cref="ArgumentException"/>; here it is the file that is wrong.
    /// </summary>
    /// <exception cref="InvalidDataException">The content is damaged.</exception>
    internal static T Interpret<T>(string what, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is ArgumentException or OverflowException or FormatException or JsonException)
        {
            throw new InvalidDataException($"This {what} is damaged: {exception.Message}", exception);
        }
    }

    /// <summary>As many bytes, or those there are: the memory grows with what arrives, so that a damaged length costs none.</summary>
    internal static ReadOnlyMemory<byte> ReadUpTo(Stream stream, int length)
    {
        var content = new byte[Math.Min(length, ChunkLength)];
        var filled = 0;
        while (true)
        {
            var read = stream.ReadAtLeast(content.AsSpan(filled), content.Length - filled, throwOnEndOfStream: false);
            filled += read;
            if (filled < content.Length || filled == length)
                return content.AsMemory(0, filled);
            Array.Resize(ref content, (int)Math.Min(length, (long)content.Length * 2));
        }
    }

    private static byte[] Hash(ReadOnlySpan<byte> header, ReadOnlySpan<byte> content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(header);
        hash.AppendData(content);
        return hash.GetHashAndReset();
    }
}
