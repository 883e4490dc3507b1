using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Where the record batches of a file stand, found by walking over its messages: FF FF FF FF, the length of the head, the head (a flatbuffer that says how long the body is), the body. Bodies are passed over, so that
/// a file of any size is listed at once, with or without the footer that Arrow's files have and its streams do not. What heads and footer say is held against what is there, since Apache.Arrow believes it.
/// </summary>
internal static class ArrowMessages
{
    private const int SchemaKind = 1, DictionaryKind = 2, RecordBatchKind = 3;

    // Of a message, and of a footer.
    private const int KindField = 1, ContentField = 2, BodyLengthField = 3, SchemaOfFooter = 1, DictionariesOfFooter = 2, BatchesOfFooter = 3;

    // ARROW1 and two bytes at the start; the footer's length and ARROW1 at the end.
    private const int FileStart = 8, FileEnd = 10;
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
        return stream.Length >= 24 && end.SequenceEqual(Magic) ? FileStart : throw new InvalidDataException($"'{path}' is cut short: an Arrow file ends with ARROW1, this one does not after {stream.Length} bytes.");
    }

    /// <summary>The record batches: where each begins, and how many rows and bytes it has.</summary>
    /// <exception cref="InvalidDataException">The file ends within one, or one, the schema or the footer says what cannot be.</exception>
    internal static IReadOnlyList<(long Offset, long RowCount, long Bytes)> ListBatches(string path, Stream stream, long start)
    {
        var (batches, dictionaries) = (new List<(long Offset, long RowCount, long Bytes)>(), new List<long>());
        Span<byte> prefix = stackalloc byte[8];
        for (var offset = start; offset < stream.Length;)
        {
            stream.Position = offset;
            stream.ReadExactly(prefix);
            var length = BinaryPrimitives.ReadInt32LittleEndian(prefix[4..]);
            if (length == 0)
                break;
            if (BinaryPrimitives.ReadInt32LittleEndian(prefix) != -1 || length is < 8 or > MaximumHeadLength)
                throw new InvalidDataException($"'{path}' is damaged: no message of Arrow begins at byte {offset}.");
            var head = ReadBytes(path, stream, offset + prefix.Length, length);
            offset = At(path, $"the message at byte {offset}", () =>
            {
                var message = FlatTable.GetRoot(head);
                var (bodyStart, bodyLength) = (offset + 8 + length, message.ReadInt64(BodyLengthField));
                if (bodyLength < 0 || bodyLength > stream.Length - bodyStart)
                    throw new InvalidDataException($"'{path}' is cut short: a message at byte {offset} would end at byte {bodyStart + bodyLength}, the file has {stream.Length}.");
                switch (message.ReadByte(KindField))
                {
                    case SchemaKind:
                        ArrowSchemaCheck.Check(message.ReadTable(ContentField), head.Length);
                        break;
                    case DictionaryKind:
                        ArrowBatchCheck.Check(path, message.ReadTable(ContentField).ReadTable(1), stream, bodyStart, bodyLength);
                        dictionaries.Add(offset);
                        break;
                    case RecordBatchKind:
                        ArrowBatchCheck.Check(path, message.ReadTable(ContentField), stream, bodyStart, bodyLength);
                        batches.Add((offset, ArrowBatchCheck.ReadRowCount(message.ReadTable(ContentField)), bodyLength));
                        break;
                }

                return bodyStart + bodyLength;
            });
        }

        if (start > 0)
            CheckFooter(path, stream, batches, dictionaries);
        return batches;
    }

    /// <summary>A file's footer: the schema once more, and where the batches stand.</summary>
    private static void CheckFooter(string path, Stream stream, List<(long Offset, long RowCount, long Bytes)> batches, List<long> dictionaries)
    {
        var stated = ReadBytes(path, stream, stream.Length - FileEnd, sizeof(int));
        var length = BinaryPrimitives.ReadInt32LittleEndian(stated);
        if (length < 8 || length > stream.Length - FileStart - FileEnd)
            throw new InvalidDataException($"'{path}' is damaged: its footer would be {length} bytes long, the file has {stream.Length}.");
        var bytes = ReadBytes(path, stream, stream.Length - FileEnd - length, length);
        At(path, "the footer", () =>
        {
            var footer = FlatTable.GetRoot(bytes);
            ArrowSchemaCheck.Check(footer.ReadTable(SchemaOfFooter), bytes.Length);
            var (dictionaryBlocks, batchBlocks) = (ReadOffsets(footer, DictionariesOfFooter), ReadOffsets(footer, BatchesOfFooter));
            if (!batchBlocks.SequenceEqual(batches.Select(batch => batch.Offset)) || dictionaryBlocks.Except(dictionaries).Any())
                throw new InvalidDataException($"'{path}' is damaged: its footer names {batchBlocks.Length} record batches at other places than the {batches.Count} that are there.");
            return true;
        });
    }

    /// <summary>Of each block of a footer where it begins; behind that stand the lengths of its head (and four bytes of nothing) and of its body.</summary>
    private static long[] ReadOffsets(FlatTable footer, int field)
    {
        var blocks = MemoryMarshal.Cast<byte, long>(footer.ReadStructs(field, 3));
        var offsets = new long[blocks.Length / 3];
        for (var i = 0; i < offsets.Length; i++)
            offsets[i] = blocks[3 * i];
        return offsets;
    }

    private static byte[] ReadBytes(string path, Stream stream, long offset, int length)
    {
        if (length > stream.Length - offset)
            throw new InvalidDataException($"'{path}' is cut short: bytes {offset} to {offset + length} are wanted, the file has {stream.Length}.");
        var bytes = new byte[length];
        stream.Position = offset;
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Reads a flatbuffer; what is wrong with it is said with where that is.</summary>
    private static T At<T>(string path, string where, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or IndexOutOfRangeException || (e is InvalidDataException && !e.Message.Contains(path, StringComparison.Ordinal)))
        {
            throw new InvalidDataException($"'{path}' is damaged: {where} cannot be read. {(e is InvalidDataException ? e.Message : "It points outside itself.")}", e);
        }
    }
}
