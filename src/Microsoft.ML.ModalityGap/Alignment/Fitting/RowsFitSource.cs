using System.Diagnostics;

namespace Microsoft.ML.ModalityGap;

/// <summary>Pairs in memory, and some of them: what cross-validation fits on, many methods on the same rows.</summary>
internal sealed class RowsFitSource : MapFitSource
{
    private readonly float[][] _rows;
    private readonly bool _arePairs;
    private readonly SpectrumBuffers? _buffers;
    private readonly Dictionary<string, (object Value, TimeSpan Cost)> _shared = new(StringComparer.Ordinal);
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    /// <param name="options">Of the method.</param>
    /// <param name="modalities">Their names.</param>
    /// <param name="rows">Per modality, one behind the other. Normalised where the options say so.</param>
    /// <param name="dimensions">Per modality.</param>
    /// <param name="arePairs">Whether row i of all modalities belongs together, so that there are as many of each.</param>
    /// <param name="buffers">Where spectra are, and nothing else meanwhile; <see langword="null"/> for memory of their own.</param>
    internal RowsFitSource(
        ModalityFitOptions options, IReadOnlyList<string> modalities, float[][] rows, IReadOnlyList<int> dimensions, bool arePairs = true, SpectrumBuffers? buffers = null)
        : base(options)
    {
        (_rows, _arePairs, _buffers, Modalities, Dimensions) = (rows, arePairs, buffers, modalities, dimensions);
    }

    internal override IReadOnlyList<string> Modalities { get; }

    internal override IReadOnlyList<int> Dimensions { get; }

    /// <summary>The number of pairs, or of rows of the first modality.</summary>
    internal int Count => CountRows(0);

    internal float[] GetRows(int modality) => _rows[modality];

    /// <summary>What the answers of this fit took to compute for earlier ones: it would have had to wait for them, too.</summary>
    internal TimeSpan BorrowedTime { get; private set; }

    /// <summary>Forgets what earlier fits have borrowed.</summary>
    internal void BeginFit()
    {
        BorrowedTime = TimeSpan.Zero;
        _used.Clear();
    }

    /// <summary>With fewer rows than dimensions the spectrum comes from the rows' own products, which are fewer.</summary>
    internal override IReadOnlyList<SymmetricSpectrum> GetSpectra()
    {
        GetStatistics(ModalityMoments.Mean);
        return Share("spectra", () => Enumerable.Range(0, _rows.Length).Max(CountRows) < Dimensions.Min()
            ? [.. Statistics!.Select((statistics, i) => SymmetricSpectrum.OfRows(_rows[i], statistics.Mean, _buffers))]
            : base.GetSpectra());
    }

    internal override PairStatistics GetPairStatistics(int folds = 1) => Share($"pairs in {folds}", () => base.GetPairStatistics(folds));

    /// <summary>Without all the other covariances, which take a thousand times as long.</summary>
    internal override IReadOnlyList<double> GetPartnerCovariances()
    {
        var (means, d) = (GetStatistics(ModalityMoments.Mean), Dimensions[0]);
        var covariances = new double[d];
        for (var row = 0; row < Count; row++)
        {
            for (var i = 0; i < d; i++)
                covariances[i] += (_rows[0][row * d + i] - means[0].Mean[i]) * (_rows[1][row * d + i] - means[1].Mean[i]);
        }

        System.Numerics.Tensors.TensorPrimitives.Divide(covariances, Count, covariances);
        return covariances;
    }

    /// <summary>Computes something once, and counts its time for every fit that asks for it.</summary>
    internal override T Share<T>(string name, Func<T> compute)
    {
        if (!_shared.TryGetValue(name, out var known))
        {
            var start = Stopwatch.GetTimestamp();
            var value = compute();
            _shared[name] = known = (value, Stopwatch.GetElapsedTime(start));
            _used.Add(name); // this fit has waited itself
        }
        else if (_used.Add(name))
        {
            BorrowedTime += known.Cost;
        }

        return (T)known.Value;
    }

    internal override IReadOnlyList<ModalityStatistics> Measure(IReadOnlyList<EmbeddingMap> maps) => [.. maps.Select((map, i) =>
    {
        var mapped = new float[CountRows(i) * map.OutputDimension];
        map.ApplyRows(_rows[i], mapped);
        return ModalityStatistics.FromRows(mapped, map.OutputDimension, new ModalityStatisticsOptions { Normalize = false });
    })];

    internal override RowSample Sample(int count, int seed)
    {
        int[][] chosen = [.. _rows.Select((_, i) => RowSampler.Choose(CountRows(i), count, seed))];
        return new RowSample([.. _rows.Select((rows, i) => RowSampler.Take(rows, Dimensions[i], chosen[i]))], Dimensions, _arePairs);
    }

    private protected override IReadOnlyList<ModalityStatistics> ComputeStatistics(ModalityMoments moments) =>
        [.. _rows.Select((rows, i) => ModalityStatistics.FromRows(rows, Dimensions[i], Options.ToStatisticsOptions(moments)))];

    private protected override PairStatistics ComputePairStatistics(int folds) => !_arePairs
        ? throw NeedsPairs()
        : PairStatistics.FromRows(_rows[0], Dimensions[0], _rows[1], Dimensions[1], Options.ToStatisticsOptions(ModalityMoments.Covariance), folds);

    private int CountRows(int modality) => _rows[modality].Length / Dimensions[modality];
}
