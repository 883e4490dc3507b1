namespace Microsoft.ML.ModalityGap;

/// <summary>Which rows and units the items of a <see cref="PairSet"/> have; each list is made when it is first asked for. Threads that ask at once make the same one twice.</summary>
/// <param name="items">Per side the item of each row.</param>
/// <param name="itemCount">Of the whole set.</param>
internal sealed class PairSetIndex(int[][] items, int itemCount)
{
    private readonly int[][]?[] _rows = new int[2][][];
    private readonly int[]?[] _numbers = new int[2][];
    private int[][]? _alone;
    private int[][]? _units;

    /// <summary>Each item by itself.</summary>
    internal int[][] Alone => _alone ??= [.. Enumerable.Range(0, itemCount).Select(item => new[] { item })];

    /// <summary>The rows of each item.</summary>
    internal int[][] GetRows(int side) => _rows[side] ??= FindRows(items[side]);

    /// <summary>The units of each item, where rows of a side are units.</summary>
    internal int[][] GetUnits(int side, int[] units) => _units ??= [.. GetRows(side).Select(rows => Array.ConvertAll(rows, row => units[row]))];

    /// <summary>The rows of a side, counted.</summary>
    internal int[] GetNumbers(int side) => _numbers[side] ??= [.. Enumerable.Range(0, items[side].Length)];

    private int[][] FindRows(int[] itemsOfRows)
    {
        var counts = new int[itemCount];
        foreach (var item in itemsOfRows)
            counts[item]++;
        var rows = Array.ConvertAll(counts, count => count == 0 ? [] : new int[count]);
        Array.Clear(counts);
        for (var row = 0; row < itemsOfRows.Length; row++)
            rows[itemsOfRows[row]][counts[itemsOfRows[row]]++] = row;
        return rows;
    }
}
