using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Rows in the order in which <see cref="MatrixTile"/> reads its right matrix: panels of 32 rows, a step of k beside the next. So a search packs nothing, and one
/// query streams through memory as many do.
/// </summary>
internal sealed unsafe class PanelStore
{
    /// <summary>Rows in a chunk, the unit of memory: a chunk is whole panels.</summary>
    internal const int ChunkRows = 1024;

    private const int Alignment = 64;
    private const float Int8Limit = 127;

    private readonly List<byte[]> _chunks = [];
    private readonly int _elementSize;
    private float[] _scales = [];

    internal PanelStore(int dimension, IndexStorage storage)
    {
        Dimension = dimension;
        Storage = storage;
        _elementSize = storage switch
        {
            IndexStorage.Float32 => sizeof(float),
            IndexStorage.Float16 => sizeof(Half),
            _ => sizeof(sbyte),
        };
    }

    internal int Dimension { get; }

    internal IndexStorage Storage { get; }

    internal int Count { get; private set; }

    internal int ChunkCount => _chunks.Count;

    internal int PanelCount => (Count + MatrixTile.Columns - 1) / MatrixTile.Columns;

    /// <summary>Factors to put on a panel's scores; empty where there are none.</summary>
    internal ReadOnlySpan<float> GetScales(int panel) =>
        Storage == IndexStorage.Int8 ? _scales.AsSpan(panel * MatrixTile.Columns, MatrixTile.Columns) : default;

    /// <summary>The bytes of a chunk, as they are stored in a file too (in little-endian machines' order).</summary>
    internal Span<byte> GetChunk(int chunk) => new(GetPointer(chunk), ChunkRows * Dimension * _elementSize);

    /// <summary>The scales of a chunk's rows; empty where there are none.</summary>
    internal Span<float> GetChunkScales(int chunk) => Storage == IndexStorage.Int8 ? _scales.AsSpan(chunk * ChunkRows, ChunkRows) : default;

    internal void Append(ReadOnlySpan<float> row)
    {
        if (Count == int.MaxValue / 2)
            throw new InvalidOperationException($"An index holds at most {int.MaxValue / 2} rows.");
        if (Count == _chunks.Count * ChunkRows)
            AddChunk();
        Count++;
        Write(Count - 1, row);
    }

    /// <summary>Takes a chunk whose bytes the caller fills; the rows of all but the last are full.</summary>
    internal void AppendChunk(int rows)
    {
        AddChunk();
        Count += rows;
    }

    /// <summary>Reads a row as it is held.</summary>
    internal void Read(int position, Span<float> row)
    {
        var source = GetLane(position, out var stride);
        switch (Storage)
        {
            case IndexStorage.Float32:
                for (var k = 0; k < row.Length; k++)
                    row[k] = ((float*)source)[k * stride];
                break;
            case IndexStorage.Float16:
                for (var k = 0; k < row.Length; k++)
                    row[k] = (float)((Half*)source)[k * stride];
                break;
            default:
                for (var k = 0; k < row.Length; k++)
                    row[k] = ((sbyte*)source)[k * stride] * _scales[position];
                break;
        }
    }

    /// <summary>Keeps the rows that are not marked, in their order.</summary>
    internal void RemoveMarked(ReadOnlySpan<bool> marked)
    {
        var kept = 0;
        for (var position = 0; position < Count; position++)
        {
            if (marked[position])
                continue;
            if (kept < position)
                Move(position, kept);
            kept++;
        }

        for (var position = kept; position < Count; position++)
            Clear(position);
        Count = kept;
        var chunks = (kept + ChunkRows - 1) / ChunkRows;
        _chunks.RemoveRange(chunks, _chunks.Count - chunks);
    }

    /// <summary>The values k = first … first+depth−1 of a panel as floats: in place, or decoded into the buffer.</summary>
    internal float* GetPiece(int panel, int first, int depth, float* buffer)
    {
        const int PanelsPerChunk = ChunkRows / MatrixTile.Columns;
        var offset = ((nint)(panel % PanelsPerChunk) * Dimension + first) * MatrixTile.Columns;
        var source = GetPointer(panel / PanelsPerChunk) + offset * _elementSize;
        var length = depth * MatrixTile.Columns;
        switch (Storage)
        {
            case IndexStorage.Float32:
                return (float*)source;
            case IndexStorage.Float16:
                TensorPrimitives.ConvertToSingle(new ReadOnlySpan<Half>(source, length), new Span<float>(buffer, length));
                return buffer;
            default:
                Widen((sbyte*)source, buffer, length);
                return buffer;
        }
    }

    /// <summary>Whether a row can be held in this form.</summary>
    internal bool CanHold(ReadOnlySpan<float> row) => Storage != IndexStorage.Float16 || TensorPrimitives.MaxMagnitude(row) is <= 65504 and >= -65504;

    private static void Widen(sbyte* source, float* target, int length)
    {
        var width = Vector<sbyte>.Count;
        var quarter = Vector<float>.Count;
        var i = 0;
        for (; i + width <= length; i += width)
        {
            Vector.Widen(Vector.Load(source + i), out var low, out var high);
            Vector.Widen(low, out var v0, out var v1);
            Vector.Widen(high, out var v2, out var v3);
            Vector.ConvertToSingle(v0).Store(target + i);
            Vector.ConvertToSingle(v1).Store(target + i + quarter);
            Vector.ConvertToSingle(v2).Store(target + i + 2 * quarter);
            Vector.ConvertToSingle(v3).Store(target + i + 3 * quarter);
        }

        for (; i < length; i++)
            target[i] = source[i];
    }

    internal void Write(int position, ReadOnlySpan<float> row)
    {
        var target = GetLane(position, out var stride);
        switch (Storage)
        {
            case IndexStorage.Float32:
                for (var k = 0; k < row.Length; k++)
                    ((float*)target)[k * stride] = row[k];
                break;
            case IndexStorage.Float16:
                for (var k = 0; k < row.Length; k++)
                    ((Half*)target)[k * stride] = (Half)row[k];
                break;
            default:
                var largest = MathF.Abs(TensorPrimitives.MaxMagnitude(row));
                var scale = largest / Int8Limit;
                _scales[position] = scale;
                for (var k = 0; k < row.Length; k++)
                    ((sbyte*)target)[k * stride] = scale == 0 ? (sbyte)0 : (sbyte)MathF.Round(Math.Clamp(row[k] / scale, -Int8Limit, Int8Limit));
                break;
        }
    }

    private void Move(int from, int to)
    {
        var source = GetLane(from, out var stride);
        var target = GetLane(to, out _);
        for (nint k = 0, step = 0; k < Dimension; k++, step += stride * _elementSize)
            Unsafe.CopyBlockUnaligned(target + step, source + step, (uint)_elementSize);
        if (Storage == IndexStorage.Int8)
            _scales[to] = _scales[from];
    }

    private void Clear(int position)
    {
        var target = GetLane(position, out var stride);
        for (nint k = 0, step = 0; k < Dimension; k++, step += stride * _elementSize)
            Unsafe.InitBlockUnaligned(target + step, 0, (uint)_elementSize);
        if (Storage == IndexStorage.Int8)
            _scales[position] = 0;
    }

    private void AddChunk()
    {
        // Pinned, so that pointers into it last; zero, so that the places of rows not there yet are.
        _chunks.Add(GC.AllocateArray<byte>(checked(ChunkRows * Dimension * _elementSize + Alignment), pinned: true));
        if (Storage == IndexStorage.Int8)
            Array.Resize(ref _scales, _chunks.Count * ChunkRows);
    }

    private byte* GetPointer(int chunk)
    {
        var address = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_chunks[chunk]));
        return (byte*)((address + Alignment - 1) & -Alignment);
    }

    /// <summary>Where a row's first value is; the others follow, so many values apart.</summary>
    private byte* GetLane(int position, out nint stride)
    {
        stride = MatrixTile.Columns;
        var row = position % ChunkRows;
        var offset = (nint)(row / MatrixTile.Columns) * MatrixTile.Columns * Dimension + row % MatrixTile.Columns;
        return GetPointer(position / ChunkRows) + offset * _elementSize;
    }
}
