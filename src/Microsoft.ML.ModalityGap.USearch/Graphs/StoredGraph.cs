using System.Buffers.Binary;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Looks through a stored graph before USearch does, which follows the numbers in it without a question: every length, level and neighbour must lead to what is there.
/// </summary>
/// <remarks>
/// <code>
/// uint32 vectors, uint32 bytes of each, the vectors
/// 64 bytes    "usearch", 3 × uint16 version, bytes of metric, scalar, key and slot kinds, uint64 present, uint64 deleted, uint64 dimensions, byte several per key
/// 5 × uint64  vectors, connectivity, connectivity of the ground level, highest level, where a search begins
/// per vector  int16 its level
/// per vector  uint64 key, int16 level, per level from the ground uint32 number of neighbours and room for as many as the connectivity says, uint32 each
/// </code>
/// </remarks>
internal sealed class StoredGraph
{
    /// <summary>The key of what was removed.</summary>
    internal const ulong RemovedKey = ulong.MaxValue;

    private const int SizesLength = 2 * CountLength;
    private const int HeadLength = 64;
    private const int CountLength = sizeof(uint);
    private const int NodeHeadLength = sizeof(ulong) + sizeof(short);

    // In the head: what the library takes from a file instead of from its options.
    private static readonly Range[] _settled = [new(0, 9), new(13, 17), new(33, 42)];

    private readonly NativeBuffer _buffer;
    private readonly int _connectivity;
    private readonly int _rows;
    private readonly long _levels;

    private StoredGraph(NativeBuffer buffer, NativeBuffer empty, int connectivity)
    {
        (_buffer, _connectivity) = (buffer, connectivity);
        var (rows, bytesPerVector) = (ReadUInt32(0), ReadUInt32(CountLength));
        var expected = BinaryPrimitives.ReadUInt32LittleEndian(empty.GetSpan(CountLength, CountLength));
        if (rows > int.MaxValue || bytesPerVector != expected)
            throw Damaged($"{rows} vectors of {bytesPerVector} bytes, where {expected} are expected");
        _rows = (int)rows;
        var graph = SizesLength + (long)_rows * bytesPerVector + HeadLength;
        var head = Take(graph - HeadLength, HeadLength);
        var settled = empty.GetSpan(SizesLength, HeadLength);
        foreach (var range in _settled)
        {
            if (!head[range].SequenceEqual(settled[range]))
                throw Damaged("vectors of another kind, or is of another version of USearch");
        }

        _levels = graph + 5 * sizeof(ulong);
        var (nodes, neighbors, ground) = (ReadUInt64(graph), ReadUInt64(graph + 8), ReadUInt64(graph + 16));
        if (nodes != rows || (rows > 0 && (neighbors != (ulong)connectivity || ground != 2 * neighbors)))
            throw Damaged($"{nodes} nodes for {rows} vectors, with {neighbors} and {ground} neighbours");
        var (top, entry) = (ReadUInt64(graph + 24), ReadUInt64(graph + 32));
        if (rows > 0 && (entry >= rows || top != (ulong)ReadLevel((int)entry)))
            throw Damaged($"its beginning at node {entry} on level {top}");
        Top = (int)Math.Min((ulong)short.MaxValue, top);
    }

    private int Top { get; }

    /// <summary>The keys in a graph, by place; <see cref="RemovedKey"/> for what was removed.</summary>
    /// <param name="buffer">The graph.</param>
    /// <param name="empty">A graph without vectors, made as this one was.</param>
    /// <param name="connectivity">The neighbours of a node.</param>
    /// <exception cref="InvalidDataException">Something in it leads to where nothing is.</exception>
    internal static ulong[] ReadKeys(NativeBuffer buffer, NativeBuffer empty, int connectivity) => new StoredGraph(buffer, empty, connectivity).ReadKeys();

    private ulong[] ReadKeys()
    {
        var keys = new ulong[_rows];
        var node = _levels + (long)_rows * sizeof(short);
        for (var i = 0; i < _rows; i++)
            node = ReadNode(node, i, out keys[i]);
        return node == _buffer.Length ? keys : throw Damaged($"{_buffer.Length} bytes, of which {node} are used");
    }

    private long ReadNode(long at, int row, out ulong key)
    {
        var level = ReadLevel(row);
        if (level < 0 || level > Top)
            throw Damaged($"a node on level {level} of {Top}");
        var length = NodeHeadLength + CountLength * (1 + 2 * _connectivity) + level * CountLength * (1 + _connectivity);
        var bytes = Take(at, length);
        key = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        if (BinaryPrimitives.ReadInt16LittleEndian(bytes[sizeof(ulong)..]) != level)
            throw Damaged($"a node that is on level {level} and is not");
        bytes = bytes[NodeHeadLength..];
        for (var floor = 0; floor <= level; floor++)
        {
            var room = floor == 0 ? 2 * _connectivity : _connectivity;
            CheckNeighbors(bytes[..(CountLength * (1 + room))], floor);
            bytes = bytes[(CountLength * (1 + room))..];
        }

        return at + length;
    }

    private void CheckNeighbors(ReadOnlySpan<byte> bytes, int floor)
    {
        var count = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        if (count >= bytes.Length / CountLength)
            throw Damaged($"a node with {count} neighbours, where there is room for {bytes.Length / CountLength - 1}");
        for (var i = 1; i <= count; i++)
        {
            var neighbor = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(i * CountLength)..]);
            if (neighbor >= _rows || (floor > 0 && ReadLevel((int)neighbor) < floor))
                throw Damaged($"a node with the neighbour {neighbor} on level {floor}");
        }
    }

    private short ReadLevel(int row) => BinaryPrimitives.ReadInt16LittleEndian(Take(_levels + (long)row * sizeof(short), sizeof(short)));

    private uint ReadUInt32(long at) => BinaryPrimitives.ReadUInt32LittleEndian(Take(at, sizeof(uint)));

    private ulong ReadUInt64(long at) => BinaryPrimitives.ReadUInt64LittleEndian(Take(at, sizeof(ulong)));

    private ReadOnlySpan<byte> Take(long at, int length) =>
        at <= _buffer.Length - length ? _buffer.GetSpan(at, length) : throw Damaged($"{_buffer.Length} bytes, where {at + length} are needed");

    private static InvalidDataException Damaged(string found) => new($"The stored approximate index is damaged: a graph of it has {found}.");
}
