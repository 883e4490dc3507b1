using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Remembers the ids of short words, for many threads at once. It is bounded: two generations, of which the elder is forgotten when the younger is full,
/// unless its words were asked for meanwhile.
/// </summary>
internal sealed class WordCache
{
    /// <summary>Longer words are rare and not worth the memory.</summary>
    internal const int LongestWord = 32;

    private readonly int _generationSize;
    private Generation _young = new();
    private Generation _old = new();

    internal WordCache(int generationSize = 1 << 15)
    {
        _generationSize = generationSize;
    }

    internal int Count => Volatile.Read(ref _young).Words.Count + Volatile.Read(ref _old).Words.Count;

    internal bool TryGet(ReadOnlySpan<char> word, [MaybeNullWhen(false)] out int[] ids)
    {
        if (Volatile.Read(ref _young).Lookup.TryGetValue(word, out ids))
            return true;
        if (!Volatile.Read(ref _old).Lookup.TryGetValue(word, out ids))
            return false;
        Add(word, ids);
        return true;
    }

    internal void Add(ReadOnlySpan<char> word, int[] ids)
    {
        if (word.Length > LongestWord)
            return;

        var young = Volatile.Read(ref _young);
        if (!young.Lookup.TryAdd(word, ids) || Interlocked.Increment(ref young.Count) != _generationSize)
            return;

        // Exactly one thread gets here for each generation.
        Volatile.Write(ref _old, young);
        Volatile.Write(ref _young, new Generation());
    }

    private sealed class Generation
    {
        internal int Count;

        internal Generation()
        {
            Words = new ConcurrentDictionary<string, int[]>(StringComparer.Ordinal);
            Lookup = Words.GetAlternateLookup<ReadOnlySpan<char>>();
        }

        internal ConcurrentDictionary<string, int[]> Words { get; }

        internal ConcurrentDictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> Lookup { get; }
    }
}
