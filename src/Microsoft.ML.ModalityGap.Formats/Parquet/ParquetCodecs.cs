using System.IO.Compression;
using K4os.Compression.LZ4;
using Parquet.Meta;
using Snappier;

namespace Microsoft.ML.ModalityGap;

/// <summary>Unpacks pages by the libraries that Parquet.Net does it with, which keeps its own way of calling them to itself.</summary>
internal static class ParquetCodecs
{
    /// <summary>Unpacks all of it.</summary>
    /// <exception cref="InvalidDataException">It comes to another length.</exception>
    /// <exception cref="NotSupportedException">It is packed in a way that is not known.</exception>
    internal static void Unpack(CompressionCodec codec, ReadOnlySpan<byte> packed, Span<byte> destination)
    {
        var length = codec switch
        {
            CompressionCodec.UNCOMPRESSED => Copy(packed, destination),
            CompressionCodec.SNAPPY => Snappy.Decompress(packed, destination),
            CompressionCodec.ZSTD => UnpackZstd(packed, destination),
            CompressionCodec.LZ4_RAW => LZ4Codec.Decode(packed, destination),
            CompressionCodec.BROTLI => BrotliDecoder.TryDecompress(packed, destination, out var written) ? written : -1,
            CompressionCodec.GZIP => UnpackGzip(packed, destination),
            _ => throw new NotSupportedException($"Pages packed by {codec}."),
        };
        if (length != destination.Length)
            throw new InvalidDataException($"A page comes to another length than the {destination.Length} bytes that its header states.");
    }

    private static int Copy(ReadOnlySpan<byte> packed, Span<byte> destination)
    {
        if (packed.Length == destination.Length)
            packed.CopyTo(destination);
        return packed.Length;
    }

    private static int UnpackZstd(ReadOnlySpan<byte> packed, Span<byte> destination)
    {
        using var decompressor = new ZstdSharp.Decompressor();
        return decompressor.Unwrap(packed, destination);
    }

    private static int UnpackGzip(ReadOnlySpan<byte> packed, Span<byte> destination)
    {
        using var gzip = new GZipStream(new MemoryStream(packed.ToArray()), CompressionMode.Decompress);
        return gzip.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false);
    }
}
