using System.Buffers.Binary;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Where the record batches of a file stand, found by walking over its messages: FF FF FF FF, the length of the head, the head (a flatbuffer that says how long the body is), the body. Bodies are passed over, so that
/// a file of any size is listed at once, with or without the footer that Arrow's files have and its streams do not.
/// </summary>
internal static class ArrowMessages
{
    private const int RecordBatchKind = 3;
    private const int MaximumHeadLength = 1 << 26;

    private static ReadOnlySpan<byte> Magic => "ARROW1"u8;

    /// <summary>Where the first message begins.</summary>
    /// <exception cref="InvalidDataException">It is no such file.</exception>
    internal static long FindStart(string path, Stream stream)
    {
        Span<byte> start = stackalloc byte[8];
        stream.Position = 0;
        start = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        if (start.StartsWith("FEA1"u8))
            throw new InvalidDataException($"'{path}' is a Feather file of version 1; write it anew in version 2 (pyarrow.feather.write_feather does).");
        if (start.Length == 8 && BinaryPrimitives.ReadInt32LittleEndian(start) == -1)
            return 0;
        if (!start.StartsWith(Magic))
            throw new InvalidDataException($"'{path}' is no Arrow file: it begins neither with ARROW1, as files do, nor with FF FF FF FF, as streams do.");
        Span<byte> end = stackalloc byte[6];
        stream.Position = Math.Max(0, stream.Length - end.Length);
        end = end[..stream.ReadAtLeast(end, end.Length, throwOnEndOfStream: false)];
        return stream.Length >= 24 && end.SequenceEqual(Magic) ? 8 : throw new InvalidDataException($"'{path}' is cut short: an Arrow file ends with ARROW1, this one does not after {stream.Length} bytes.");
    }

    /// <summary>The record batches: where each begins, and how many rows and bytes it has.</summary>
    /// <exception cref="InvalidDataException">The file ends within one.</exception>
    internal static IReadOnlyList<(long Offset, long RowCount, long Bytes)> ListBatches(string path, Stream stream, long start)
    {
        var batches = new List<(long, long, long)>();
        Span<byte> prefix = stackalloc byte[8];
        for (var offset = start; offset < stream.Length;)
        {
            stream.Position = offset;
            stream.ReadExactly(prefix);
            var length = BinaryPrimitives.ReadInt32LittleEndian(prefix[4..]);
            if (length == 0)
                return batches;
            if (BinaryPrimitives.ReadInt32LittleEndian(prefix) != -1 || length is < 8 or > MaximumHeadLength)
                throw new InvalidDataException($"'{path}' is damaged: no message of Arrow begins at byte {offset}.");
            var head = new byte[length];
            stream.ReadExactly(head);
            var message = new FlatTable(head, BinaryPrimitives.ReadInt32LittleEndian(head));
            var (kind, bodyLength) = (message.ReadByte(1), message.ReadInt64(3));
            var end = offset + prefix.Length + length + bodyLength;
            if (bodyLength < 0 || end > stream.Length)
                throw new InvalidDataException($"'{path}' is cut short: a message at byte {offset} would end at byte {end}, the file has {stream.Length}.");
            if (kind == RecordBatchKind)
                batches.Add((offset, message.ReadTable(2).ReadInt64(0), bodyLength));
            offset = end;
        }

        return batches;
    }

    /// <summary>A table of a flatbuffer: before it, the way to the list of where its fields stand.</summary>
    private readonly struct FlatTable(byte[] bytes, int position)
    {
        internal byte ReadByte(int field) => Find(field) is > 0 and var at ? bytes[at] : (byte)0;

        internal long ReadInt64(int field) => Find(field) is > 0 and var at ? BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at)) : 0;

        internal FlatTable ReadTable(int field) => Find(field) is > 0 and var at
            ? new FlatTable(bytes, at + BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at)))
            : throw new InvalidDataException("A message of Arrow has no content.");

        private int Find(int field)
        {
            var list = position - BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(position));
            var at = 4 + 2 * field;
            var distance = at < BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(list)) ? BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(list + at)) : 0;
            return distance == 0 ? 0 : position + distance;
        }
    }
}
