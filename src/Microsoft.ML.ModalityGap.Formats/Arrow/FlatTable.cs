using System.Buffers.Binary;

namespace Microsoft.ML.ModalityGap;

/// <summary>A table of a flatbuffer: before it, the way to the list of where its fields stand. Whatever points outside the bytes is an <see cref="ArgumentOutOfRangeException"/> or an <see cref="IndexOutOfRangeException"/>.</summary>
internal readonly struct FlatTable
{
    private readonly byte[] _bytes;
    private readonly int _position;

    private FlatTable(byte[] bytes, int position) => (_bytes, _position) = (bytes, position);

    /// <summary>The table that everything in a flatbuffer hangs on.</summary>
    internal static FlatTable GetRoot(byte[] bytes) => new(bytes, BinaryPrimitives.ReadInt32LittleEndian(bytes));

    internal byte ReadByte(int field) => Find(field) is > 0 and var at ? _bytes[at] : (byte)0;

    internal int ReadInt32(int field) => Find(field) is > 0 and var at ? BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(at)) : 0;

    internal long ReadInt64(int field) => Find(field) is > 0 and var at ? BinaryPrimitives.ReadInt64LittleEndian(_bytes.AsSpan(at)) : 0;

    /// <summary>Another table; <see langword="null"/> where there is none.</summary>
    internal FlatTable? FindTable(int field) => Find(field) is > 0 and var at ? new FlatTable(_bytes, Follow(at)) : null;

    /// <inheritdoc cref="FindTable"/>
    /// <exception cref="InvalidDataException">There is none.</exception>
    internal FlatTable ReadTable(int field) => FindTable(field) ?? throw new InvalidDataException("A message of Arrow has no content.");

    /// <summary>How many bytes a text has; -1 where there is none.</summary>
    internal int FindTextLength(int field) => Find(field) is > 0 and var at ? ReadVector(at, itemBytes: 1).Length : -1;

    /// <summary>Tables, one after the other; none where there is no list of them.</summary>
    internal IEnumerable<FlatTable> ReadTables(int field)
    {
        if (Find(field) is not (> 0 and var at))
            yield break;
        var (start, length) = ReadVector(at, sizeof(int));
        for (var i = 0; i < length; i++)
            yield return new FlatTable(_bytes, Follow(start + i * sizeof(int)));
    }

    /// <summary>Numbers one after the other, those of a struct in their order; none where there is no list of them.</summary>
    /// <param name="field">The field.</param>
    /// <param name="count">How many numbers an entry has, of 8 bytes each.</param>
    internal ReadOnlySpan<byte> ReadStructs(int field, int count)
    {
        if (Find(field) is not (> 0 and var at))
            return [];
        var (start, length) = ReadVector(at, count * sizeof(long));
        return _bytes.AsSpan(start, length * count * sizeof(long));
    }

    private (int Start, int Length) ReadVector(int at, int itemBytes)
    {
        var start = Follow(at);
        var length = BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(start));
        start += sizeof(int);
        return length >= 0 && length <= (_bytes.Length - start) / itemBytes ? (start, length) : throw new InvalidDataException($"A list of {length} entries stands where there are {_bytes.Length - start} bytes.");
    }

    /// <summary>Where something else stands: always behind what points to it, so that nothing leads back to itself.</summary>
    private int Follow(int at) => BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(at)) is > 0 and var distance && distance < _bytes.Length - at
        ? at + (int)distance
        : throw new InvalidDataException("A message of Arrow points outside itself.");

    private int Find(int field)
    {
        var list = _position - BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(_position));
        var at = 4 + 2 * field;
        var distance = at < BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(list)) ? BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(list + at)) : 0;
        return distance == 0 ? 0 : _position + distance;
    }
}
