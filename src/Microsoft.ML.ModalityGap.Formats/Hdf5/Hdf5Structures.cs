using System.Buffers.Binary;

namespace Microsoft.ML.ModalityGap;

/// <summary>Structures of an HDF5 file of which PureHDF makes tables of as many entries as are stated, before it reads any: known by their signatures, and looked at when PureHDF has read one.</summary>
/// <remarks>Source: "HDF5 File Format Specification", sections III.A.2 (version 2 B-trees), III.G (fractal heaps), and VII.C and VII.D of its appendix (fixed and extensible arrays).</remarks>
internal sealed class Hdf5Structures
{
    /// <summary>How long a signature is.</summary>
    internal const int SignatureLength = 4;

    // The HDF5 library's own are 2048 at the most (nodes), 10 (bits of a page) and 32 (bits of an index).
    private const int MaximumNodeBytes = 1 << 16;
    private const int MaximumPageBits = 16;
    private const int MaximumIndexBits = 32;

    private readonly string _path;
    private readonly long _length;
    private readonly int _address;
    private readonly int _size;

    /// <param name="path">The file, for messages.</param>
    /// <param name="length">How long it is.</param>
    /// <param name="head">Its first bytes, with the superblock's sizes of addresses and lengths.</param>
    internal Hdf5Structures(string path, long length, ReadOnlySpan<byte> head)
    {
        (_path, _length) = (path, length);
        (_address, _size) = head[8] < 2 ? (head[13], head[14]) : (head[9], head[10]);
    }

    /// <summary>Reads what is so many bytes behind a signature.</summary>
    internal delegate void Peek(Span<byte> bytes, int offset);

    /// <summary>Looks at the structure that begins with a signature.</summary>
    /// <exception cref="InvalidDataException">It states more entries than the file can have.</exception>
    internal void Check(ReadOnlySpan<byte> signature, Peek peek)
    {
        if (signature.SequenceEqual("FRHP"u8))
        {
            // Entries of an indirect block: rows by columns.
            var width = 10 + (10 * _size) + (2 * _address);
            CheckEntries("a heap's block", (double)Read(peek, width, 2) * Read(peek, width + 2 + (2 * _size) + 4 + _address, 2), 0);
        }
        else if (signature.SequenceEqual("BTHD"u8))
        {
            // Of the size of a node follows how many entries another can state.
            if (Read(peek, 2, 4) is < 16 or > MaximumNodeBytes)
                throw Damaged($"a tree's nodes would have {Read(peek, 2, 4)} bytes");
        }
        else if (signature.SequenceEqual("FAHD"u8))
        {
            CheckEntries("an array of chunks", Math.Min(Read(peek, 4, _size), Math.Pow(2, Read(peek, 3, 1))), Expansion.FreeBytes);
        }
        else if (signature.SequenceEqual("EAHD"u8))
        {
            if (Read(peek, 3, 1) > MaximumIndexBits || Read(peek, 7, 1) > MaximumPageBits)
                throw Damaged($"an array of chunks would have 2^{Read(peek, 3, 1)} entries in pages of 2^{Read(peek, 7, 1)}");
        }
    }

    private static ulong Read(Peek peek, int offset, int count)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        bytes.Clear();
        peek(bytes[..Math.Min(count, sizeof(ulong))], offset);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    private void CheckEntries(string what, double entries, long free)
    {
        if (entries * _address > Math.Max(_length, free))
            throw Damaged($"{what} would have {entries} entries");
    }

    private InvalidDataException Damaged(string what) => new($"'{_path}' is damaged: {what}, where the file has {_length} bytes.");
}
