namespace Microsoft.ML.ModalityGap;

/// <summary>Pairs in memory, which grow in number up to a limit.</summary>
internal sealed class PairBlock
{
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

    /// <summary>Rows of one side, in an order of which they are a part.</summary>
    internal BatchRows<float> GetBatch(int side, int[] order, int first, int count) => new(_values[side], _dimensions[side], order, first, count);

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
