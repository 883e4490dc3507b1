using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Whether a record batch is one that Apache.Arrow can be given: it makes room for as many arrays and buffers as are stated, and unpacks to whatever length stands before packed bytes.
/// </summary>
/// <remarks>Source: Message.fbs of the format's description.</remarks>
internal static class ArrowBatchCheck
{
    private const int RowCountField = 0, NodesField = 1, BuffersField = 2, CompressionField = 3, VariadicField = 4;

    /// <summary>How many rows it has.</summary>
    internal static long ReadRowCount(FlatTable batch) => batch.ReadInt64(RowCountField);

    /// <param name="path">The file.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="stream">The file; where it stands does not matter.</param>
    /// <param name="bodyStart">Where the batch's bytes begin in it.</param>
    /// <param name="bodyLength">How many there are.</param>
    /// <exception cref="InvalidDataException">It is none that can be read.</exception>
    internal static void Check(string path, FlatTable batch, Stream stream, long bodyStart, long bodyLength)
    {
        var rows = ReadRowCount(batch);
        if (rows is < 0 or > int.MaxValue)
            throw new InvalidDataException($"'{path}' is damaged: a record batch would have {rows} rows.");

        // Of each array its length and how many of it are missing.
        var nodes = ReadPairs(batch, NodesField);
        for (var i = 0; i < nodes.Length; i += 2)
        {
            if (nodes[i] is < 0 or > int.MaxValue || nodes[i + 1] < 0 || nodes[i + 1] > nodes[i])
                throw new InvalidDataException($"'{path}' is damaged: an array of a record batch would have {nodes[i]} values, of which {nodes[i + 1]} are missing.");
        }

        // Of each buffer where it begins and how long it is.
        var buffers = ReadPairs(batch, BuffersField);
        var isPacked = batch.FindTable(CompressionField) is not null;
        var unpacked = 0L;
        Span<byte> prefix = stackalloc byte[sizeof(long)];
        for (var i = 0; i < buffers.Length; i += 2)
        {
            var (offset, length) = (buffers[i], buffers[i + 1]);
            if (offset < 0 || length < 0 || length > bodyLength || offset > bodyLength - length)
                throw new InvalidDataException($"'{path}' is damaged: bytes {offset} to {offset + length} of a record batch are named, it has {bodyLength}.");
            if (!isPacked || length < prefix.Length)
                continue;
            stream.Position = bodyStart + offset;
            stream.ReadExactly(prefix);
            var stated = BinaryPrimitives.ReadInt64LittleEndian(prefix);
            if (stated == -1)
                continue;
            Expansion.Check(path, "a buffer of a record batch", stated, length);
            unpacked += stated;
            Expansion.Check(path, "a record batch", unpacked, bodyLength);
        }

        var more = MemoryMarshal.Cast<byte, long>(batch.ReadStructs(VariadicField, 1));
        var count = 0L;
        foreach (var number in more)
        {
            count += number is >= 0 and <= int.MaxValue ? number : long.MaxValue / 2;
            if (count < 0 || count > buffers.Length / 2)
                throw new InvalidDataException($"'{path}' is damaged: a column of a record batch would have {number} buffers, the whole batch has {buffers.Length / 2}.");
        }
    }

    // Arrow's files are little-endian, as .NET's machines are.
    private static ReadOnlySpan<long> ReadPairs(FlatTable batch, int field) => MemoryMarshal.Cast<byte, long>(batch.ReadStructs(field, 2));
}
