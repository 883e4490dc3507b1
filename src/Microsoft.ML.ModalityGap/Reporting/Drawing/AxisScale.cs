using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>An axis: from values to shares of its length, and the values written on it.</summary>
internal sealed class AxisScale
{
    private readonly bool _isLogarithmic;
    private readonly double _from;
    private readonly double _to;

    private AxisScale(double from, double to, bool isLogarithmic, IReadOnlyList<double> ticks)
    {
        (_from, _to, _isLogarithmic) = (from, to, isLogarithmic);
        Ticks = ticks;
    }

    /// <summary>The values to write, all within the axis.</summary>
    internal IReadOnlyList<double> Ticks { get; }

    /// <summary>From one value to another, ticks at 1, 2 or 5 times a power of ten.</summary>
    internal static AxisScale Linear(double from, double to, int tickCount = 5)
    {
        if (!(to > from))
            (from, to) = (from - 0.5, from + 0.5);
        return Create(from, to, GetStep((to - from) / tickCount));
    }

    /// <summary>Widened to the ticks around both values.</summary>
    internal static AxisScale Rounded(double from, double to, int tickCount = 5)
    {
        if (!(to > from))
            return Linear(from, to, tickCount);
        var step = GetStep((to - from) / tickCount);
        return Create(Math.Floor(from / step + 1e-9) * step, Math.Ceiling(to / step - 1e-9) * step, step);
    }

    /// <summary>Logarithmic, widened to powers of ten; both values positive.</summary>
    internal static AxisScale Logarithmic(double from, double to)
    {
        var first = (int)Math.Floor(Math.Log10(from) + 1e-9);
        var last = Math.Max(first + 1, (int)Math.Ceiling(Math.Log10(to) - 1e-9));
        var every = Math.Max(1, (last - first + 4) / 5);
        return new AxisScale(first, last, isLogarithmic: true, [.. Enumerable.Range(0, (last - first) / every + 1).Select(i => Math.Pow(10, last - i * every))]);
    }

    /// <summary>0 at the beginning of the axis, 1 at its end; values beyond stay at the nearer end.</summary>
    internal double GetShare(double value)
    {
        var position = _isLogarithmic ? Math.Log10(Math.Max(value, double.Epsilon)) : value;
        return Math.Clamp((position - _from) / (_to - _from), 0, 1);
    }

    internal string Format(double tick)
    {
        if (_isLogarithmic)
            return tick >= 0.01 ? tick.ToString("0.###", CultureInfo.InvariantCulture) : "10" + ToSuperscript((int)Math.Round(Math.Log10(tick)));
        return Math.Abs(tick) < 1e-12 ? "0" : tick.ToString(Math.Abs(tick) >= 1000 ? "N0" : "0.####", CultureInfo.InvariantCulture).Replace('-', '−');
    }

    private static AxisScale Create(double from, double to, double step)
    {
        var ticks = new List<double>();
        for (var i = Math.Ceiling(from / step - 1e-9); i * step <= to + step * 1e-9; i++)
            ticks.Add(i * step);
        return new AxisScale(from, to, isLogarithmic: false, ticks);
    }

    private static string ToSuperscript(int exponent) =>
        string.Concat(exponent.ToString(CultureInfo.InvariantCulture).Select(character => character == '-' ? '⁻' : "⁰¹²³⁴⁵⁶⁷⁸⁹"[character - '0']));

    private static double GetStep(double atLeast)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(atLeast)));
        var factor = atLeast / power;
        return power * (factor <= 1 + 1e-9 ? 1 : factor <= 2 + 1e-9 ? 2 : factor <= 5 + 1e-9 ? 5 : 10);
    }
}
