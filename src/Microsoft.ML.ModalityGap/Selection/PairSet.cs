using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Rows of two modalities in memory, and which item each belongs to: an image and its captions, say. Rows of one item are relevant to each other. Of pairs, row i of both is item i.
/// Units are what is dealt between parts and what samples are drawn of: items, or where these are few, as classes of images are, the rows of the side that has more (<see cref="DealRows"/>).
/// </summary>
internal sealed class PairSet
{
    private readonly float[][] _rows;
    private readonly int[][] _items;

    // The unit of each row of the side whose rows are dealt; null where items are.
    private readonly int[]? _units;
    private readonly int _dealtSide;

    // What is asked for of every candidate's rows, which are of the same items: computed once for all of them.
    private readonly PairSetIndex _index;

    private PairSet(float[][] rows, int[][] items, int dimension, int itemCount, bool isPaired) =>
        (_rows, _items, Dimension, ItemCount, UnitCount, IsPaired, _index) = (rows, items, dimension, itemCount, itemCount, isPaired, new PairSetIndex(items, itemCount));

    private PairSet(float[][] rows, int[][] items, int dimension, int itemCount, int dealtSide, int[] units, int unitCount)
        : this(rows, items, dimension, itemCount, isPaired: false) => (_dealtSide, _units, UnitCount) = (dealtSide, units, unitCount);

    /// <summary>The same items with other rows.</summary>
    private PairSet(PairSet set, float[][] rows, int dimension) =>
        (_rows, Dimension, _items, ItemCount, UnitCount, IsPaired, _units, _dealtSide, _index) =
        (rows, dimension, set._items, set.ItemCount, set.UnitCount, set.IsPaired, set._units, set._dealtSide, set._index);

    internal int Dimension { get; }

    /// <summary>Items are numbered from 0; parts of a set keep the numbers of the whole.</summary>
    internal int ItemCount { get; }

    /// <summary>Units are numbered from 0; parts of a set keep the numbers of the whole.</summary>
    internal int UnitCount { get; }

    /// <summary>Whether there is one row an item and modality, in the same order.</summary>
    internal bool IsPaired { get; }

    /// <summary>Unit rows of one side, one behind the other.</summary>
    internal float[] GetRows(int side) => _rows[side];

    /// <summary>The item of each row.</summary>
    internal int[] GetItems(int side) => _items[side];

    internal int Count(int side) => _items[side].Length;

    /// <summary>Row i of both is a pair.</summary>
    internal static PairSet OfPairs(float[] first, float[] second, int dimension)
    {
        int[] items = [.. Enumerable.Range(0, first.Length / dimension)];
        return new PairSet([first, second], [items, items], dimension, items.Length, isPaired: true);
    }

    /// <summary>Rows that belong together by ids; rows whose id the other side does not have are left out.</summary>
    internal static PairSet OfIds(ItemRows source)
    {
        var (first, firstIds, second, secondIds, dimension) = (source.First.Values, source.First.Ids!, source.Second.Values, source.Second.Ids!, source.First.Dimension);
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var others = secondIds.ToHashSet(StringComparer.Ordinal);
        foreach (var id in firstIds)
        {
            if (id.Length > 0 && others.Contains(id))
                numbers.TryAdd(id, numbers.Count);
        }

        var (rows, items) = (new float[2][], new int[2][]);
        foreach (var (side, values, ids) in new (int Side, float[] Values, IReadOnlyList<string> Ids)[] { (0, first, firstIds), (1, second, secondIds) })
        {
            int[] kept = [.. Enumerable.Range(0, ids.Count).Where(row => numbers.ContainsKey(ids[row]))];
            rows[side] = RowSampler.Take(values, dimension, kept);
            items[side] = [.. kept.Select(row => numbers[ids[row]])];
        }

        return new PairSet(rows, items, dimension, numbers.Count, isPaired: false);
    }

    /// <summary>The same with the rows of the side that has more as units: images of few classes, of which new ones are to be told apart by sentences that are known.</summary>
    internal PairSet DealRows()
    {
        var side = Count(0) >= Count(1) ? 0 : 1;
        return new PairSet(_rows, _items, Dimension, ItemCount, side, [.. Enumerable.Range(0, Count(side))], Count(side));
    }

    /// <summary>The unit that a row is by itself; <see langword="null"/> where what is measured of it counts for its item.</summary>
    internal int? FindUnit(int side, int row) => _units is not null && side == _dealtSide ? _units[row] : null;

    /// <summary>The units of each item of the whole set, by its number.</summary>
    internal int[][] GetUnitsByItem() => _units is null ? _index.Alone : _index.GetUnits(_dealtSide, _units);

    /// <summary>The rows of some units, unit by unit in the order given; where rows are units, all rows that the other side has of their items.</summary>
    /// <param name="units">Their numbers.</param>
    /// <param name="arena">Where the rows are; <see langword="null"/> for memory of their own.</param>
    internal PairSet Take(int[] units, ArrayArena<float>? arena = null) => _units is null ? TakeItems(units, arena) : TakeRows(units, arena);

    private PairSet TakeRows(int[] units, ArrayArena<float>? arena)
    {
        var places = _units!.Index().ToDictionary(entry => entry.Item, entry => entry.Index);
        var (rows, taken) = (new float[2][], new int[2][]);
        int[] own = [.. units.Select(unit => places[unit])];
        var items = own.Select(row => _items[_dealtSide][row]).ToHashSet();
        int[] others = [.. Enumerable.Range(0, Count(1 - _dealtSide)).Where(row => items.Contains(_items[1 - _dealtSide][row]))];
        foreach (var (side, numbers) in new[] { (_dealtSide, own), (1 - _dealtSide, others) })
            (rows[side], taken[side]) = (RowSampler.Take(_rows[side], Dimension, numbers, arena), [.. numbers.Select(row => _items[side][row])]);
        return new PairSet(rows, taken, Dimension, ItemCount, _dealtSide, units, UnitCount);
    }

    private PairSet TakeItems(int[] items, ArrayArena<float>? arena)
    {
        var (rows, taken) = (new float[2][], new int[2][]);
        for (var side = 0; side < 2; side++)
        {
            int[] numbers = [.. IsPaired ? items : GroupRows(side, items)];
            (rows[side], taken[side]) = (RowSampler.Take(_rows[side], Dimension, numbers, arena), [.. numbers.Select(row => _items[side][row])]);
        }

        return new PairSet(rows, taken, Dimension, ItemCount, IsPaired);
    }

    /// <summary>The set itself, or the rows of its first items, where it has more rows of a modality than allowed.</summary>
    /// <param name="items">Its items, in its order.</param>
    /// <param name="most">The most rows of a modality.</param>
    internal PairSet TakeFirst(int[] items, int most)
    {
        var rows = Math.Max(Count(0), Count(1));
        if (rows <= most)
            return this;
        var kept = items[..Math.Max(2, (int)((long)most * items.Length / rows))];
        return IsPaired ? new PairSet([.. _rows.Select(values => values[..(kept.Length * Dimension)])], [.. _items.Select(all => all[..kept.Length])], Dimension, ItemCount, isPaired: true) : Take(kept);
    }

    /// <summary>The same with items numbered anew, from 0 in the order of their first rows: what a method that sees nothing else goes by.</summary>
    internal PairSet Renumber()
    {
        var numbers = new Dictionary<int, int>();
        foreach (var item in _items[0])
            numbers.TryAdd(item, numbers.Count);
        int[][] renumbered = [.. _items.Select(items => items.Select(item => numbers[item]).ToArray())];
        return _units is null
            ? new PairSet(_rows, renumbered, Dimension, numbers.Count, IsPaired)
            : new PairSet(_rows, renumbered, Dimension, numbers.Count, _dealtSide, [.. Enumerable.Range(0, _units.Length)], _units.Length);
    }

    /// <summary>The same with other rows for the same items, such as mapped ones.</summary>
    internal PairSet With(IReadOnlyList<float[]> rows, int dimension) => new(this, [.. rows], dimension);

    /// <summary>The rows of a side as what a correction is measured on.</summary>
    internal CorrectionRows ToCorrectionRows(int side) => new(_rows[side], _items[side], _index.GetNumbers(side));

    /// <summary>Which rows make pairs: every row of an item with every row of the other side's.</summary>
    internal (int[] First, int[] Second) ListPairs()
    {
        if (IsPaired)
            return ([.. Enumerable.Range(0, Count(0))], [.. Enumerable.Range(0, Count(1))]);
        var others = GetRowsByItem(1);
        var (first, second) = (new List<int>(), new List<int>());
        for (var row = 0; row < Count(0); row++)
        {
            foreach (var other in others[_items[0][row]])
            {
                first.Add(row);
                second.Add(other);
            }
        }

        return ([.. first], [.. second]);
    }

    /// <summary>The pairs as data of two columns.</summary>
    internal IDataView ToDataView(IHostEnvironment env, string firstName, string secondName)
    {
        var (first, second) = ListPairs();
        var builder = new ArrayDataViewBuilder(env);
        foreach (var (side, name, rows) in new[] { (0, firstName, first), (1, secondName, second) })
            builder.AddColumn(name, NumberDataViewType.Single, Array.ConvertAll(rows, row => new VBuffer<float>(Dimension, _rows[side].AsSpan(row * Dimension, Dimension).ToArray())));
        return builder.GetDataView();
    }

    /// <summary>The rows of each item of the whole set, by its number.</summary>
    internal int[][] GetRowsByItem(int side) => _index.GetRows(side);

    private IEnumerable<int> GroupRows(int side, int[] items)
    {
        var groups = GetRowsByItem(side);
        return items.SelectMany(item => groups[item]);
    }
}
