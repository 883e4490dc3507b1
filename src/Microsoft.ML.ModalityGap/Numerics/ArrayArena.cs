namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Arrays that one thread uses again and again: what is rented stays the caller's until <see cref="Reset"/>, and is given out again then. A new array of a megabyte costs more in page faults than many a product costs that is written to it.
/// </summary>
internal sealed class ArrayArena<T>
    where T : unmanaged
{
    private readonly Dictionary<int, Shelf> _shelves = [];
    private readonly List<T[]> _rented = [];

    /// <summary>An array of exactly so many values, whatever they are.</summary>
    internal T[] Rent(int length)
    {
        if (!_shelves.TryGetValue(length, out var shelf))
            _shelves.Add(length, shelf = new Shelf());
        var array = shelf.Take() ?? GC.AllocateUninitializedArray<T>(length);
        shelf.Rented++;
        shelf.Most = Math.Max(shelf.Most, shelf.Rented);
        _rented.Add(array);
        return array;
    }

    /// <summary>The same, or a new array where there is no arena.</summary>
    internal static T[] Rent(ArrayArena<T>? arena, int length) => arena?.Rent(length) ?? GC.AllocateUninitializedArray<T>(length);

    /// <summary>The same, of zeros.</summary>
    internal static T[] RentZeros(ArrayArena<T>? arena, int length)
    {
        if (arena is null)
            return new T[length];
        var array = arena.Rent(length);
        Array.Clear(array);
        return array;
    }

    /// <summary>Takes everything back: nothing that was rented may be read after that.</summary>
    internal void Reset()
    {
        foreach (var array in _rented)
        {
            var shelf = _shelves[array.Length];
            shelf.Free.Add(array);
            shelf.Rented = 0;
        }

        _rented.Clear();
    }

    /// <summary>The same, for other work: what was not used since the last time this was called is let go, so that lengths that differ from work to work do not pile up.</summary>
    internal void Begin()
    {
        Reset();
        foreach (var (length, shelf) in _shelves)
        {
            shelf.Free.RemoveRange(0, shelf.Free.Count - shelf.Most);
            if (shelf.Most == 0)
                _shelves.Remove(length);
            shelf.Most = 0;
        }
    }

    /// <summary>Arrays of one length.</summary>
    private sealed class Shelf
    {
        /// <summary>Those that are not with callers; the last was used last.</summary>
        internal List<T[]> Free { get; } = [];

        /// <summary>How many are with callers.</summary>
        internal int Rented { get; set; }

        /// <summary>How many were at the same time.</summary>
        internal int Most { get; set; }

        internal T[]? Take()
        {
            if (Free.Count == 0)
                return null;
            var array = Free[^1];
            Free.RemoveAt(Free.Count - 1);
            return array;
        }
    }
}
