namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>The draws of one input: the same for the same seed, reader and number, on every machine.</summary>
internal sealed class FuzzRandom
{
    private static readonly long[] _numbers =
    [
        0, 1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 63, 64, 100, 127, 128, 255, 256, 1000, 1024, 4095, 4096, 32767, 32768, 46341, 65535, 65536, 1 << 20, 1 << 24, 100_000_000, 1 << 29, 1 << 30, int.MaxValue - 1, int.MaxValue,
        1L + int.MaxValue, uint.MaxValue - 1L, uint.MaxValue, 1L << 32, 1L << 40, 1L << 53, 1L << 61, 1L << 62, long.MaxValue - 1, long.MaxValue, -1, -2, -128, -32768, int.MinValue, long.MinValue,
    ];

    private static readonly float[] _floats = [0, -0f, 1, -1, 1e-45f, 1e-38f, 1e-10f, 1e10f, 1e20f, 3.4e38f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0.1f, 0.5f, -2];

    private readonly Random _random;

    internal FuzzRandom(int seed, string reader, long number)
    {
        // FNV-1a, since string.GetHashCode differs from run to run.
        var hash = 14695981039346656037UL ^ (uint)seed;
        foreach (var letter in reader)
            hash = (hash ^ letter) * 1099511628211UL;
        hash = (hash ^ (ulong)number) * 1099511628211UL;
        hash = (hash ^ (hash >> 31)) * 0x9E3779B97F4A7C15UL;
        _random = new Random((int)(hash >> 32));
    }

    /// <summary>A number from 0 up to, without, <paramref name="limit"/>.</summary>
    internal int Next(int limit) => _random.Next(limit);

    internal bool Chance(double probability) => _random.NextDouble() < probability;

    internal T Pick<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];

    internal void Fill(Span<byte> bytes) => _random.NextBytes(bytes);

    /// <summary>A whole number at which programs go wrong, or one beside it, or any.</summary>
    internal long NextNumber() => _random.Next(8) switch
    {
        0 => _random.NextInt64(),
        1 => _random.Next(-300, 300),
        2 => unchecked(Pick(_numbers) + _random.Next(-2, 3)),
        _ => Pick(_numbers),
    };

    internal float NextFloat() => _random.Next(4) == 0 ? BitConverter.Int32BitsToSingle(_random.Next()) : Pick(_floats);

    /// <summary>A place in something of this length; every other time near its beginning, where headers are.</summary>
    internal int NextPlace(int length) => length <= 1 ? 0 : _random.Next(_random.Next(2) == 0 ? Math.Min(length, 96) : length);
}
