namespace Microsoft.ML.ModalityGap;

/// <summary>A function that never falls, linear between knots; beyond the outermost ones it goes on with the slope from end to end.</summary>
internal sealed class MonotoneMap
{
    private readonly double[] _x;
    private readonly double[] _y;
    private readonly double _slope;

    /// <param name="x">Where the knots are; not falling, not all the same.</param>
    /// <param name="y">Their values; not falling.</param>
    internal MonotoneMap(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        // Of knots in one place the middle of their values is taken.
        var (places, values) = (new List<double>(x.Length), new List<double>(x.Length));
        for (var first = 0; first < x.Length;)
        {
            var last = first;
            while (last + 1 < x.Length && x[last + 1] == x[first])
                last++;
            places.Add(x[first]);
            values.Add((y[first] + y[last]) / 2);
            first = last + 1;
        }

        (_x, _y) = ([.. places], [.. values]);
        _slope = _x.Length > 1 ? (_y[^1] - _y[0]) / (_x[^1] - _x[0]) : 0;
    }

    internal double Apply(double value)
    {
        if (double.IsNaN(value))
            return double.NaN;
        if (value <= _x[0])
            return _y[0] + _slope * (value - _x[0]);
        if (value >= _x[^1])
            return _y[^1] + _slope * (value - _x[^1]);
        var at = Array.BinarySearch(_x, value);
        if (at >= 0)
            return _y[at];
        var right = ~at;
        var share = (value - _x[right - 1]) / (_x[right] - _x[right - 1]);
        return _y[right - 1] + share * (_y[right] - _y[right - 1]);
    }

    /// <summary>Quantiles at evenly spaced probabilities from 0 to 1, linear between order statistics (type 7, numpy's default).</summary>
    internal static double[] GetQuantiles(ReadOnlySpan<float> sorted, int count)
    {
        var result = new double[count];
        for (var i = 0; i < count; i++)
        {
            var place = (double)i / (count - 1) * (sorted.Length - 1);
            var lower = (int)place;
            var upper = Math.Min(lower + 1, sorted.Length - 1);
            result[i] = sorted[lower] + (place - lower) * ((double)sorted[upper] - sorted[lower]);
        }

        return result;
    }
}
