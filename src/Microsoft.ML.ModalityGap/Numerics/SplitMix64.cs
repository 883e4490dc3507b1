namespace Microsoft.ML.ModalityGap;

/// <summary>
/// A small generator whose whole state is its seed (Steele, Lea and Flood, 2014): the same numbers on every machine and version of .NET, and nothing to store
/// where the seed can be derived again.
/// </summary>
internal struct SplitMix64(ulong seed)
{
    private const ulong Step = 0x9E3779B97F4A7C15UL;

    private ulong _state = seed;

    /// <summary>64 random bits.</summary>
    internal ulong Next()
    {
        var result = Mix(_state);
        _state = unchecked(_state + Step);
        return result;
    }

    /// <summary>From 0 to just below 1.</summary>
    internal double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>From 0 to <paramref name="limit"/> − 1.</summary>
    internal int Next(int limit) => (int)Math.BigMul(Next(), (ulong)limit, out _);

    /// <summary>A seeded order, by Fisher and Yates.</summary>
    internal void Shuffle(Span<int> values)
    {
        for (var i = values.Length - 1; i > 0; i--)
        {
            var other = Next(i + 1);
            (values[i], values[other]) = (values[other], values[i]);
        }
    }

    /// <summary>Well-mixed bits of a number; also the way to derive one seed from another.</summary>
    internal static ulong Mix(ulong value)
    {
        unchecked
        {
            value += Step;
            value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
            value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
            return value ^ (value >> 31);
        }
    }
}
