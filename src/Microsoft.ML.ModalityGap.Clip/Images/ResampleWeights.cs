namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Which pixels of one axis a resized pixel is made of, and their weights in 22-bit fixed point, as Pillow rounds them.
/// </summary>
/// <remarks>
/// Every resized pixel has <see cref="Taps"/> weights, a multiple of four, from source pixel <see cref="Starts"/>[i] on. Unused ones are zero. Where that many pixels fit into the source, the
/// starts are moved such that they do. <see cref="Packed"/> holds the same weights k in the form that <see cref="ResampleKernel"/>'s 16-bit products take: k = high·2¹⁵ + low with 0 ≤ low &lt; 2¹⁵.
/// </remarks>
internal sealed class ResampleWeights
{
    internal const int PrecisionBits = 22;
    internal const int LowBits = 15;

    private ResampleWeights(int taps, int[] starts, int[] values)
    {
        Taps = taps;
        Starts = starts;
        Values = values;
        Packed = Pack(values);
    }

    internal int Taps { get; }

    internal int Count => Starts.Length;

    internal int[] Starts { get; }

    internal int[] Values { get; }

    /// <summary>Per two weights: their two high parts, then their two low parts, each pair in 32 bits.</summary>
    internal int[] Packed { get; }

    /// <summary>The first source pixel that plays a part.</summary>
    internal int SourceFirst => Starts[0];

    /// <summary>The number of source pixels that play a part, from <see cref="SourceFirst"/> on.</summary>
    internal int SourceCount { get; private init; }

    internal static ResampleWeights Create(ClipResampling resampling, int sourceLength, ClipAxis axis)
    {
        var scale = (double)sourceLength / axis.Resized;
        var filterScale = Math.Max(scale, 1.0);
        var inverseScale = 1.0 / filterScale;
        var (support, filter) = resampling == ClipResampling.Bicubic ? (2.0 * filterScale, (Func<double, double>)Bicubic) : (1.0 * filterScale, Bilinear);

        var taps = ((int)Math.Ceiling(support) * 2 + 1 + 3) / 4 * 4;
        var starts = new int[axis.Count];
        var values = new int[checked(axis.Count * taps)];
        var raw = new double[taps];
        var sourceEnd = 0;
        for (var i = 0; i < axis.Count; i++)
        {
            var center = (axis.First + i + 0.5) * scale;
            var first = (int)Math.Max(center - support + 0.5, 0);
            var count = (int)Math.Min(center + support + 0.5, sourceLength) - first;
            var sum = 0.0;
            for (var tap = 0; tap < count; tap++)
            {
                raw[tap] = filter((tap + first - center + 0.5) * inverseScale);
                sum += raw[tap];
            }

            starts[i] = Math.Max(0, Math.Min(first, sourceLength - taps));
            sourceEnd = Math.Max(sourceEnd, starts[i] + taps);
            var destination = values.AsSpan(i * taps + first - starts[i], count);
            for (var tap = 0; tap < count; tap++)
            {
                var weight = (sum != 0 ? raw[tap] / sum : raw[tap]) * (1 << PrecisionBits);
                destination[tap] = (int)(weight + (weight < 0 ? -0.5 : 0.5));
            }
        }

        return new ResampleWeights(taps, starts, values) { SourceCount = Math.Min(sourceEnd, sourceLength) - starts[0] };
    }

    private static double Bicubic(double x)
    {
        const double A = -0.5;
        x = Math.Abs(x);
        return x switch
        {
            < 1 => ((A + 2) * x - (A + 3)) * x * x + 1,
            < 2 => (((x - 5) * x + 8) * x - 4) * A,
            _ => 0,
        };
    }

    private static double Bilinear(double x) => Math.Max(0, 1 - Math.Abs(x));

    private static int[] Pack(int[] values)
    {
        var packed = new int[values.Length];
        for (var i = 0; i < values.Length; i += 2)
        {
            packed[i] = Pair(values[i] >> LowBits, values[i + 1] >> LowBits);
            packed[i + 1] = Pair(values[i] & ((1 << LowBits) - 1), values[i + 1] & ((1 << LowBits) - 1));
        }

        return packed;
    }

    private static int Pair(int first, int second) => (first & 0xFFFF) | (second << 16);
}
