using System.Runtime.Intrinsics.X86;

namespace Microsoft.ML.ModalityGap;

/// <summary>Pairs in memory, which grow in number up to a limit.</summary>
internal sealed class PairBlock
{
    private const int RowsAhead = 2;
    private const int LineValues = 16;

    private readonly IReadOnlyList<int> _dimensions;
    private readonly float[][] _values;

    internal PairBlock(IReadOnlyList<int> dimensions, int capacity)
    {
        _dimensions = dimensions;
        Capacity = capacity;
        _values = [new float[(long)capacity * dimensions[0]], new float[(long)capacity * dimensions[1]]];
    }

    /// <summary>How many pairs there is room for.</summary>
    internal int Capacity { get; private set; }

    internal int Count { get; set; }

    internal Span<float> GetRow(int side, int row) => _values[side].AsSpan(row * _dimensions[side], _dimensions[side]);

    internal ReadOnlySpan<float> GetRows(int side, int first, int count) => _values[side].AsSpan(first * _dimensions[side], count * _dimensions[side]);

    /// <summary>Copies rows of one side, whichever they are, one behind the other.</summary>
    internal unsafe void CopyRows(int side, ReadOnlySpan<int> rows, Span<float> target)
    {
        var dimension = _dimensions[side];
        for (var i = 0; i < rows.Length; i++)
        {
            // Rows lie anywhere, and a copy alone waits for the memory again and again.
            if (Sse.IsSupported && i + RowsAhead < rows.Length)
            {
                fixed (float* ahead = GetRow(side, rows[i + RowsAhead]))
                {
                    for (var k = 0; k < dimension; k += LineValues)
                        Sse.Prefetch0(ahead + k);
                }
            }

            GetRow(side, rows[i]).CopyTo(target[(i * dimension)..]);
        }
    }

    /// <summary>Makes room for more; room for a few less is left as it is.</summary>
    internal void Resize(int capacity)
    {
        if (capacity <= Capacity)
        {
            Capacity = capacity;
            return;
        }

        for (var side = 0; side < 2; side++)
            Array.Resize(ref _values[side], capacity * _dimensions[side]);
        Capacity = capacity;
    }

    /// <summary>Copies a pair to the end.</summary>
    internal void Add(PairBlock source, int row)
    {
        for (var side = 0; side < 2; side++)
            source.GetRow(side, row).CopyTo(GetRow(side, Count));
        Count++;
    }

    /// <summary>Reads the next pair to the end.</summary>
    internal bool TryRead(PairReader.Pass pass)
    {
        if (!pass.TryRead(GetRow(0, Count), GetRow(1, Count)))
            return false;
        Count++;
        return true;
    }
}
