using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>What is measured of mapped rows, unit by unit (items, or rows: <see cref="PairSet"/>), so that samples of units can be drawn from it.</summary>
internal sealed class PairMeasures(int count)
{
    private static readonly int _measureCount = Enum.GetValues<PairMeasure>().Length;

    private readonly List<double> _gaps = [];

    // Per measure, of each item; null where it was never taken.
    private readonly double[]?[] _sums = new double[_measureCount][];
    private readonly double[]?[] _seen = new double[_measureCount][];

    internal double Gap => _gaps.Average();

    internal double GapError => _gaps.Count < 2 ? 0 : Math.Sqrt(_gaps.Sum(gap => Math.Pow(gap - Gap, 2)) / (_gaps.Count - 1) / _gaps.Count);

    /// <summary>The mean of recall@1 of both ways.</summary>
    internal double[] MeanHits => [.. this[PairMeasure.FirstHit].Zip(this[PairMeasure.SecondHit], (a, b) => (a + b) / 2)];

    /// <summary>A measure of each item, averaged over the times it was taken; 0 of items of which it never was.</summary>
    internal double[] this[PairMeasure measure]
    {
        get
        {
            var means = new double[count];
            for (var i = 0; i < count && Has(measure); i++)
                means[i] = _seen[(int)measure]![i] > 0 ? _sums[(int)measure]![i] / _seen[(int)measure]![i] : 0;
            return means;
        }
    }

    internal bool Has(PairMeasure measure) => _sums[(int)measure] is not null;

    /// <summary>The mean of a measure over the items of which it was taken, each item alike; <see langword="null"/> where there is none.</summary>
    internal double? Average(PairMeasure measure)
    {
        if (!Has(measure))
            return null;
        var (sums, seen) = (_sums[(int)measure]!, _seen[(int)measure]!);
        var (sum, items) = (0.0, 0);
        for (var i = 0; i < count; i++)
        {
            if (seen[i] == 0)
                continue;
            sum += sums[i] / seen[i];
            items++;
        }

        return sum / items;
    }

    internal void AddGap(double gap) => _gaps.Add(gap);

    /// <summary>Adds a value of an item.</summary>
    internal void Add(PairMeasure measure, int item, double value)
    {
        var (sums, seen) = Open(measure);
        sums[item] += value;
        seen[item]++;
    }

    /// <summary>Adds what another part measured.</summary>
    internal void Add(PairMeasures part)
    {
        _gaps.AddRange(part._gaps);
        for (var measure = 0; measure < _measureCount; measure++)
        {
            if (!part.Has((PairMeasure)measure))
                continue;
            var (sums, seen) = Open((PairMeasure)measure);
            TensorPrimitives.Add(sums, part._sums[measure], sums);
            TensorPrimitives.Add(seen, part._seen[measure], seen);
        }
    }

    private (double[] Sums, double[] Seen) Open(PairMeasure measure) => (_sums[(int)measure] ??= new double[count], _seen[(int)measure] ??= new double[count]);
}
