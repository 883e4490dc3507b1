using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Fits a method on more and more pairs, and measures what it makes of the same others.</summary>
internal sealed class LearningCurveFitter
{
    private const int FewestPairs = 32;

    private readonly IHost _host;
    private readonly ModalityColumns _columns;
    private readonly string[] _names;
    private readonly Func<ModalityColumns, IEstimator<EmbeddingMapTransformer>> _method;
    private readonly LearningCurveOptions _options;
    private readonly EmbeddingPairs _pairs;
    private readonly int[] _fitted;
    private readonly int[] _measured;

    /// <exception cref="InvalidDataException">There are too few pairs to fit on some and measure others.</exception>
    internal LearningCurveFitter(
        IHost host, EmbeddingPairs pairs, string first, string second, Func<ModalityColumns, IEstimator<EmbeddingMapTransformer>> method, LearningCurveOptions options)
    {
        (_host, _pairs, _method, _options) = (host, pairs, method, options);
        _names = [first, second];
        _columns = ModalityColumns.PerColumn(_names);
        var order = Enumerable.Range(0, pairs.Count).ToArray();
        new Random(options.Seed).Shuffle(order);
        var held = (int)Math.Round(options.HeldOutFraction * order.Length);
        if (order.Length - held < 2 || (options.HeldOutFraction > 0 && held < 2))
            throw new InvalidDataException($"Of {order.Length} pairs {order.Length - held} are left to fit on and {held} to measure on; at least 2 of each are needed.");
        _fitted = order[held..];
        _measured = [.. (held > 0 ? order[..held] : order).Take(options.MaximumMeasuredPairs).Order()];
    }

    internal LearningCurve Fit()
    {
        var measured = CreateDataView(_measured);
        return new LearningCurve
        {
            First = _names[0],
            Second = _names[1],
            MeasuredCount = _measured.Length,
            MeasuresFittedPairs = _options.HeldOutFraction == 0,
            Measures = [.. _options.Measures.Select(measure => measure.Name)],
            Raw = Measure(measured),
            Points = [.. CountPairs().Select(count => Fit(count, measured))],
        };
    }

    /// <summary>The numbers asked for that there are, and all.</summary>
    private IEnumerable<int> CountPairs()
    {
        var counts = _options.PairCounts ?? [.. Enumerable.Range(0, 24).Select(i => FewestPairs << i)];
        return counts.Where(count => count < _fitted.Length).Order().Distinct().Append(_fitted.Length);
    }

    private LearningCurvePoint Fit(int count, IDataView measured)
    {
        var draws = count == _fitted.Length ? 1 : _options.Draws;
        var values = new double[draws][];
        for (var draw = 0; draw < draws; draw++)
        {
            _options.CancellationToken.ThrowIfCancellationRequested();

            // The draws of one number do not depend on which others were asked for.
            var order = _fitted.ToArray();
            new Random(unchecked((int)SplitMix64.Mix((ulong)(uint)_options.Seed ^ SplitMix64.Mix(((ulong)(uint)count << 32) | (uint)draw)))).Shuffle(order);
            var estimator = _method(_columns) ?? throw new InvalidOperationException("The method made no estimator.");
            values[draw] = Measure(estimator.Fit(CreateDataView(order.AsSpan(0, count))).Transform(measured));
        }

        double[] means = [.. _options.Measures.Select((_, i) => values.Average(value => value[i]))];
        return new LearningCurvePoint(
            count, draws, means, [.. means.Select((mean, i) => draws < 2 ? 0 : Math.Sqrt(values.Sum(value => Math.Pow(value[i] - mean, 2)) / (draws - 1)))]);
    }

    private double[] Measure(IDataView mapped)
    {
        var pairs = new MeasuredPairs(EmbeddingPairs.Load(_host, mapped, _names[0], _names[1], UnusableRows.Throw), _names[0], _names[1], _options.Seed);
        return [.. _options.Measures.Select(measure => measure.Measure(pairs))];
    }

    private IDataView CreateDataView(ReadOnlySpan<int> rows)
    {
        var (first, second) = (new VBuffer<float>[rows.Length], new VBuffer<float>[rows.Length]);
        for (var i = 0; i < rows.Length; i++)
        {
            first[i] = new VBuffer<float>(_pairs.Dimension, _pairs.GetFirst(rows[i]).ToArray());
            second[i] = new VBuffer<float>(_pairs.Dimension, _pairs.GetSecond(rows[i]).ToArray());
        }

        var builder = new ArrayDataViewBuilder(_host);
        builder.AddColumn(_names[0], NumberDataViewType.Single, first);
        builder.AddColumn(_names[1], NumberDataViewType.Single, second);
        return builder.GetDataView();
    }
}
