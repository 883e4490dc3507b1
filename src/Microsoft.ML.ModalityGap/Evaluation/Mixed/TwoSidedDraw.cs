namespace Microsoft.ML.ModalityGap;

/// <summary>
/// A draw of a two-sided mixed gallery: each item is shown once, half of them by a row of one modality, half by another row of the modality that asks, and each is asked for by a row that is not shown. So what a query
/// looks for is of either modality, and a method that puts one of them first loses on the other.
/// </summary>
/// <param name="Queries">Per item the row that asks for it; −1 for items that none asks for.</param>
/// <param name="Shown">Per item the row that is shown.</param>
/// <param name="IsShownAsOther">Per item whether that row is of the modality that does not ask.</param>
internal sealed record TwoSidedDraw(int[] Queries, int[] Shown, bool[] IsShownAsOther)
{
    /// <summary>Draws a gallery.</summary>
    /// <param name="asking">Per item the rows of the modality that asks.</param>
    /// <param name="other">Per item, in the same order, those of the other modality; one has at least one.</param>
    /// <param name="seed">Same seed, same draw.</param>
    /// <remarks>An item of a single asking row is shown by the other modality, as nothing else is left to show; as many more of the rest are shown by the asking one, as far as there are.</remarks>
    internal static TwoSidedDraw Create(IReadOnlyList<int[]> asking, IReadOnlyList<int[]> other, int seed)
    {
        var random = new Random(seed);
        var count = asking.Count;
        var order = Enumerable.Range(0, count).ToArray();
        random.Shuffle(order);
        var (queries, shown, isOther) = (new int[count], new int[count], new bool[count]);
        var left = count / 2; // to be shown by the modality that asks
        foreach (var item in order)
        {
            var rows = asking[item].ToArray();
            random.Shuffle(rows);
            queries[item] = rows.Length > 0 ? rows[0] : -1;
            isOther[item] = rows.Length < 2 || left == 0;
            shown[item] = isOther[item] ? other[item][random.Next(other[item].Length)] : rows[1];
            left -= isOther[item] ? 0 : 1;
        }

        return new TwoSidedDraw(queries, shown, isOther);
    }

    /// <summary>Whether any item could be shown by the modality that asks.</summary>
    internal static bool IsPossible(IReadOnlyList<int[]> asking) => asking.Any(rows => rows.Length > 1);
}
