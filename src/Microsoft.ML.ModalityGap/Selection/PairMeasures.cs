namespace Microsoft.ML.ModalityGap;

/// <summary>What is measured of mapped rows, unit by unit (items, or rows: <see cref="PairSet"/>), so that samples of units can be drawn from it.</summary>
internal sealed class PairMeasures(int count)
{
    private readonly List<double> _gaps = [];
    private readonly Dictionary<PairMeasure, (double[] Sums, double[] Seen)> _values = [];

    internal double Gap => _gaps.Average();

    internal double GapError => _gaps.Count < 2 ? 0 : Math.Sqrt(_gaps.Sum(gap => Math.Pow(gap - Gap, 2)) / (_gaps.Count - 1) / _gaps.Count);

    /// <summary>The mean of recall@1 of both ways.</summary>
    internal double[] MeanHits => [.. this[PairMeasure.FirstHit].Zip(this[PairMeasure.SecondHit], (a, b) => (a + b) / 2)];

    /// <summary>A measure of each item, averaged over the times it was taken; 0 of items of which it never was.</summary>
    internal double[] this[PairMeasure measure] => _values.TryGetValue(measure, out var entry)
        ? [.. entry.Sums.Zip(entry.Seen, (sum, seen) => seen > 0 ? sum / seen : 0)]
        : new double[count];

    internal bool Has(PairMeasure measure) => _values.ContainsKey(measure);

    /// <summary>The mean of a measure over the items of which it was taken, each item alike; <see langword="null"/> where there is none.</summary>
    internal double? Average(PairMeasure measure)
    {
        if (!_values.TryGetValue(measure, out var entry))
            return null;
        var (sum, items) = (0.0, 0);
        for (var i = 0; i < count; i++)
        {
            if (entry.Seen[i] == 0)
                continue;
            sum += entry.Sums[i] / entry.Seen[i];
            items++;
        }

        return sum / items;
    }

    internal void AddGap(double gap) => _gaps.Add(gap);

    /// <summary>Adds a value of an item.</summary>
    internal void Add(PairMeasure measure, int item, double value)
    {
        if (!_values.TryGetValue(measure, out var entry))
            _values.Add(measure, entry = (new double[count], new double[count]));
        entry.Sums[item] += value;
        entry.Seen[item]++;
    }

    /// <summary>Adds what another part measured.</summary>
    internal void Add(PairMeasures part)
    {
        _gaps.AddRange(part._gaps);
        foreach (var (measure, (sums, seen)) in part._values)
        {
            if (!_values.TryGetValue(measure, out var entry))
                _values.Add(measure, entry = (new double[count], new double[count]));
            System.Numerics.Tensors.TensorPrimitives.Add(entry.Sums, sums, entry.Sums);
            System.Numerics.Tensors.TensorPrimitives.Add(entry.Seen, seen, entry.Seen);
        }
    }
}
