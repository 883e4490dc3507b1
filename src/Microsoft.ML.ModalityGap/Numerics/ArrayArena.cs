namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Arrays that one thread uses again and again: what is rented stays the caller's until <see cref="Reset"/>, and is given out again then. A new array of a megabyte costs more in page faults than many a product costs that is written to it.
/// </summary>
internal sealed class ArrayArena<T>
    where T : unmanaged
{
    private readonly Dictionary<int, Stack<T[]>> _free = [];
    private readonly List<T[]> _rented = [];

    /// <summary>An array of exactly so many values, whatever they are.</summary>
    internal T[] Rent(int length)
    {
        var array = _free.TryGetValue(length, out var known) && known.TryPop(out var free) ? free : GC.AllocateUninitializedArray<T>(length);
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
            if (!_free.TryGetValue(array.Length, out var known))
                _free.Add(array.Length, known = new Stack<T[]>());
            known.Push(array);
        }

        _rented.Clear();
    }
}
