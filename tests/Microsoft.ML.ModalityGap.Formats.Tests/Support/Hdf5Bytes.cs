using System.Buffers.Binary;

namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>Bytes of small HDF5 files whose object headers are of version 2, as PureHDF writes them.</summary>
internal static class Hdf5Bytes
{
    internal const byte DataLayout = 8;
    internal const byte Link = 6;
    internal const byte Continuation = 16;
    internal const int ContinuationLength = 16;

    /// <summary>The messages of all headers: where each begins, its kind, and where what it says is.</summary>
    internal static IEnumerable<(int At, byte Kind, int Data, int Length)> ListMessages(byte[] file)
    {
        for (var header = file.AsSpan().IndexOf("OHDR"u8); header >= 0;)
        {
            var flags = file[header + 5];
            var at = header + 6 + ((flags & 0x20) != 0 ? 16 : 0) + ((flags & 0x10) != 0 ? 4 : 0);
            var sizeLength = 1 << (flags & 3);
            var end = at + sizeLength + (int)(sizeLength == 1 ? file[at] : sizeLength == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(at)) : BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at)));
            var head = (flags & 4) != 0 ? 6 : 4;
            at += sizeLength;
            while (at + head < end)
            {
                var length = BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(at + 1));
                yield return (at, file[at], at + head, length);
                at += head + length;
            }

            var next = file.AsSpan(end).IndexOf("OHDR"u8);
            header = next < 0 ? -1 : end + next;
        }
    }

    /// <summary>A file whose first link has become a continuation of the header by blocks at its end, each of which is continued by others, by number.</summary>
    internal static byte[] Continue(byte[] file, params int[][] blocks)
    {
        var link = ListMessages(file).First(message => message.Kind == Link && message.Length >= ContinuationLength);
        const int BlockLength = 4 + (2 * (4 + ContinuationLength)) + 4;
        int Place(int block) => file.Length + (block * BlockLength);
        var result = new byte[Place(blocks.Length)];
        file.CopyTo(result, 0);
        void Point(int at, int block)
        {
            BinaryPrimitives.WriteInt64LittleEndian(result.AsSpan(at), Place(block));
            BinaryPrimitives.WriteInt64LittleEndian(result.AsSpan(at + 8), BlockLength);
        }

        result[link.At] = Continuation;
        Point(link.Data, 0);
        for (var i = 0; i < blocks.Length; i++)
        {
            var at = Place(i);
            "OCHK"u8.CopyTo(result.AsSpan(at));
            for (var j = 0; j < 2; j++)
            {
                at += j == 0 ? 4 : 4 + ContinuationLength;
                (result[at], result[at + 1]) = (j < blocks[i].Length ? Continuation : (byte)0, ContinuationLength);
                if (j < blocks[i].Length)
                    Point(at + 4, blocks[i][j]);
            }
        }

        return result;
    }
}
