using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Rows in the order in which a search reads them. Floats lie in panels of 32 rows, a step of k beside the next, as <see cref="MatrixTile"/> reads its right matrix; codes in panels of quads of k
/// (<see cref="CodeTile"/>). So a search packs nothing, and one query streams through memory as many do. Rows that only a first pass picks from lie one behind the other.
/// </summary>
internal sealed unsafe class PanelStore
{
    /// <summary>Rows in a chunk, the unit of memory: a chunk is whole panels.</summary>
    internal const int ChunkRows = 1024;

    private const int Alignment = 64;
    private const int PanelsPerChunk = ChunkRows / MatrixTile.Columns;

    private readonly List<byte[]> _chunks = [];
    private readonly int _elementSize;
    private readonly int _stride;
    private float[] _scales = [];

    /// <param name="dimension">Values of a row.</param>
    /// <param name="storage">The form they are held in.</param>
    /// <param name="isRowMajor">Whether rows lie one behind the other; not for codes.</param>
    internal PanelStore(int dimension, IndexStorage storage, bool isRowMajor = false)
    {
        Dimension = dimension;
        Storage = storage;
        IsRowMajor = isRowMajor;
        _elementSize = storage switch
        {
            IndexStorage.Float32 => sizeof(float),
            IndexStorage.Float16 => sizeof(Half),
            _ => sizeof(sbyte),
        };
        _stride = HasCodes ? CodeTile.PadDimension(dimension) : dimension;
    }

    internal int Dimension { get; }

    internal IndexStorage Storage { get; }

    internal bool IsRowMajor { get; }

    internal int Count { get; private set; }

    internal int ChunkCount => _chunks.Count;

    internal int PanelCount => (Count + MatrixTile.Columns - 1) / MatrixTile.Columns;

    /// <summary>The bytes of a panel.</summary>
    internal int PanelBytes => MatrixTile.Columns * _stride * _elementSize;

    private bool HasCodes => Storage == IndexStorage.Int8;

    /// <summary>Factors to put on a panel's scores; empty where there are none.</summary>
    internal ReadOnlySpan<float> GetScales(int panel) => HasCodes ? _scales.AsSpan(panel * MatrixTile.Columns, MatrixTile.Columns) : default;

    /// <summary>The factor to put on a row's scores.</summary>
    internal float GetScale(int position) => HasCodes ? _scales[position] : 1;

    /// <summary>Copies a chunk out in the order of a file: panels of 32 rows, a step of k beside the next, or rows one behind the other.</summary>
    internal void CopyChunkTo(int chunk, Span<byte> bytes)
    {
        if (HasCodes)
            Rearrange(chunk, bytes, isOutward: true);
        else
            GetChunk(chunk).CopyTo(bytes);
    }

    /// <summary>Takes a chunk's bytes, in the order of <see cref="CopyChunkTo"/>.</summary>
    internal void CopyChunkFrom(int chunk, Span<byte> bytes)
    {
        if (HasCodes)
            Rearrange(chunk, bytes, isOutward: false);
        else
            bytes.CopyTo(GetChunk(chunk));
    }

    /// <summary>The bytes of a chunk in a file, without scales.</summary>
    internal int ChunkFileBytes => ChunkRows * Dimension * _elementSize;

    /// <summary>The scales of a chunk's rows; empty where there are none.</summary>
    internal Span<float> GetChunkScales(int chunk) => HasCodes ? _scales.AsSpan(chunk * ChunkRows, ChunkRows) : default;

    /// <summary>How many bytes a chunk with its scales takes in a file.</summary>
    internal long ChunkBytes => ChunkFileBytes + (HasCodes ? ChunkRows * sizeof(float) : 0);

    /// <summary>A bound of the magnitudes of a chunk's values; NaN where one is none.</summary>
    internal float GetLargestMagnitude(int chunk)
    {
        const float Int8Magnitude = 128;
        switch (Storage)
        {
            case IndexStorage.Float32:
                return MathF.Abs(TensorPrimitives.MaxMagnitude<float>(MemoryMarshal.Cast<byte, float>(GetChunk(chunk))));
            case IndexStorage.Float16:
                return MathF.Abs((float)TensorPrimitives.MaxMagnitude<Half>(MemoryMarshal.Cast<byte, Half>(GetChunk(chunk))));
            default:
                var scales = GetChunkScales(chunk);
                return TensorPrimitives.Min<float>(scales) >= 0 ? Int8Magnitude * TensorPrimitives.Max<float>(scales) : float.NaN;
        }
    }

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
        Decode(position, 0, row);
        if (HasCodes)
            TensorPrimitives.Multiply(row, _scales[position], row);
    }

    /// <summary>Reads a row's codes.</summary>
    internal void ReadCodes(int position, Span<sbyte> codes)
    {
        var source = (sbyte*)GetRow(position);
        for (var k = 0; k < codes.Length; k++)
            codes[k] = source[GetStep(k)];
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

    /// <summary>The values k = first … first+depth−1 of a panel as floats, without scales: in place, or decoded into the buffer.</summary>
    /// <param name="panel">The panel.</param>
    /// <param name="first">The first k, a multiple of <see cref="MatrixTile.Depth"/>.</param>
    /// <param name="depth">At most <see cref="MatrixTile.Depth"/>.</param>
    /// <param name="buffer">Room for a panel of that depth.</param>
    /// <param name="rows">Room for as much again.</param>
    internal float* GetPiece(int panel, int first, int depth, float* buffer, float* rows)
    {
        if (IsRowMajor)
        {
            Span<int> positions = stackalloc int[MatrixTile.Columns];
            for (var i = 0; i < positions.Length; i++)
                positions[i] = panel * MatrixTile.Columns + i;
            var vectors = stackalloc float*[MatrixTile.Columns];
            FindVectors(positions, first, depth, vectors, rows);
            MatrixPanels.PackVectors(vectors, positions.Length, depth, buffer, MatrixTile.Columns);
            return buffer;
        }

        var source = GetPanel(panel) + (nint)first * MatrixTile.Columns * _elementSize;
        var length = depth * MatrixTile.Columns;
        switch (Storage)
        {
            case IndexStorage.Float32:
                return (float*)source;
            case IndexStorage.Float16:
                TensorPrimitives.ConvertToSingle(new ReadOnlySpan<Half>(source, length), new Span<float>(buffer, length));
                return buffer;
            default:
                Widen((int*)source, (depth + CodeTile.Quad - 1) / CodeTile.Quad, buffer);
                return buffer;
        }
    }

    /// <summary>Where the values k = first … first+depth−1 of any rows lie as floats, without scales: in place, or decoded into the room.</summary>
    internal void FindVectors(ReadOnlySpan<int> positions, int first, int depth, float** vectors, float* room)
    {
        for (var i = 0; i < positions.Length; i++)
        {
            if (IsRowMajor && Storage == IndexStorage.Float32)
            {
                vectors[i] = (float*)GetRow(positions[i]) + first;
                continue;
            }

            vectors[i] = room + i * depth;
            Decode(positions[i], first, new Span<float>(vectors[i], depth));
        }
    }

    /// <summary>The codes of a panel.</summary>
    internal sbyte* GetCodes(int panel) => (sbyte*)GetPanel(panel);

    /// <summary>The bits of a panel's halves.</summary>
    internal short* GetHalves(int panel) => (short*)GetPanel(panel);

    /// <summary>Whether a row can be held in this form.</summary>
    internal bool CanHold(ReadOnlySpan<float> row) => Storage != IndexStorage.Float16 || TensorPrimitives.MaxMagnitude(row) is <= 65504 and >= -65504;

    internal void Write(int position, ReadOnlySpan<float> row)
    {
        var target = GetRow(position);
        switch (Storage)
        {
            case IndexStorage.Float32:
                for (var k = 0; k < row.Length; k++)
                    ((float*)target)[GetStep(k)] = row[k];
                break;
            case IndexStorage.Float16:
                for (var k = 0; k < row.Length; k++)
                    ((Half*)target)[GetStep(k)] = (Half)row[k];
                break;
            default:
                var largest = MathF.Abs(TensorPrimitives.MaxMagnitude(row));
                var scale = largest / CodeTile.RowLimit;
                _scales[position] = scale;
                for (var k = 0; k < row.Length; k++)
                    ((sbyte*)target)[GetStep(k)] = scale == 0 ? (sbyte)0 : (sbyte)MathF.Round(Math.Clamp(row[k] / scale, -CodeTile.RowLimit, CodeTile.RowLimit));
                break;
        }
    }

    /// <summary>Codes in quads as floats in steps of k.</summary>
    private static void Widen(int* source, int quads, float* target)
    {
        var width = Vector<int>.Count;
        for (; quads > 0; quads--, target += CodeTile.Quad * MatrixTile.Columns)
        {
            for (var lane = 0; lane < MatrixTile.Columns; lane += width, source += width)
            {
                var quad = Vector.Load(source);
                Vector.ConvertToSingle(quad << 24 >> 24).Store(target + lane);
                Vector.ConvertToSingle(quad << 16 >> 24).Store(target + MatrixTile.Columns + lane);
                Vector.ConvertToSingle(quad << 8 >> 24).Store(target + 2 * MatrixTile.Columns + lane);
                Vector.ConvertToSingle(quad >> 24).Store(target + 3 * MatrixTile.Columns + lane);
            }
        }
    }

    /// <summary>A row's values from k = first on, without its scale.</summary>
    private void Decode(int position, int first, Span<float> row)
    {
        var source = GetRow(position);
        switch (Storage)
        {
            case IndexStorage.Float32:
                for (var k = 0; k < row.Length; k++)
                    row[k] = ((float*)source)[GetStep(first + k)];
                break;
            case IndexStorage.Float16 when IsRowMajor:
                TensorPrimitives.ConvertToSingle(new ReadOnlySpan<Half>((Half*)source + first, row.Length), row);
                break;
            case IndexStorage.Float16:
                for (var k = 0; k < row.Length; k++)
                    row[k] = (float)((Half*)source)[GetStep(first + k)];
                break;
            default:
                DecodeQuads((sbyte*)source + GetStep(first), row);
                break;
        }
    }

    /// <summary>A row's codes as floats.</summary>
    private static void DecodeQuads(sbyte* source, Span<float> row)
    {
        const int Step = CodeTile.Quad * MatrixTile.Columns;
        var k = 0;
        for (; k <= row.Length - CodeTile.Quad; k += CodeTile.Quad, source += Step)
        {
            var quad = Vector128.CreateScalarUnsafe(*(int*)source).AsSByte();
            Vector128.ConvertToSingle(Vector128.WidenLower(Vector128.WidenLower(quad))).CopyTo(row[k..]);
        }

        for (; k < row.Length; k++)
            row[k] = source[k % CodeTile.Quad];
    }

    private void Move(int from, int to)
    {
        byte* source = GetRow(from), target = GetRow(to);
        for (var k = 0; k < Dimension; k++)
            Unsafe.CopyBlockUnaligned(target + GetStep(k) * _elementSize, source + GetStep(k) * _elementSize, (uint)_elementSize);
        if (HasCodes)
            _scales[to] = _scales[from];
    }

    private void Clear(int position)
    {
        var target = GetRow(position);
        for (var k = 0; k < Dimension; k++)
            Unsafe.InitBlockUnaligned(target + GetStep(k) * _elementSize, 0, (uint)_elementSize);
        if (HasCodes)
            _scales[position] = 0;
    }

    private void AddChunk()
    {
        // Pinned, so that pointers into it last; zero, so that the places of rows not there yet are.
        _chunks.Add(GC.AllocateArray<byte>(checked(ChunkRows * _stride * _elementSize + Alignment), pinned: true));
        if (HasCodes)
            Array.Resize(ref _scales, _chunks.Count * ChunkRows);
    }

    private Span<byte> GetChunk(int chunk) => new(GetPointer(chunk), ChunkRows * _stride * _elementSize);

    private void Rearrange(int chunk, Span<byte> bytes, bool isOutward)
    {
        for (var row = 0; row < ChunkRows; row++)
        {
            var held = GetRow(chunk * ChunkRows + row);
            var at = row / MatrixTile.Columns * MatrixTile.Columns * Dimension + row % MatrixTile.Columns;
            for (var k = 0; k < Dimension; k++, at += MatrixTile.Columns)
            {
                if (isOutward)
                    bytes[at] = held[GetStep(k)];
                else
                    held[GetStep(k)] = bytes[at];
            }
        }
    }

    private byte* GetPanel(int panel) => GetPointer(panel / PanelsPerChunk) + (nint)(panel % PanelsPerChunk) * PanelBytes;

    private byte* GetPointer(int chunk)
    {
        var address = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_chunks[chunk]));
        return (byte*)((address + Alignment - 1) & -Alignment);
    }

    /// <summary>Where a row's first value is.</summary>
    private byte* GetRow(int position)
    {
        var row = position % ChunkRows;
        var offset = IsRowMajor ? (nint)row * _stride
            : (nint)(row / MatrixTile.Columns) * MatrixTile.Columns * _stride + row % MatrixTile.Columns * (HasCodes ? CodeTile.Quad : 1);
        return GetPointer(position / ChunkRows) + offset * _elementSize;
    }

    /// <summary>How many values behind a row's first its value k is.</summary>
    private nint GetStep(int k) =>
        IsRowMajor ? k : HasCodes ? (nint)(k / CodeTile.Quad) * CodeTile.Quad * MatrixTile.Columns + k % CodeTile.Quad : (nint)k * MatrixTile.Columns;
}
