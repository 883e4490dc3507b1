using System.Diagnostics;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Fits candidates on some items of a set, and measures others behind their maps.</summary>
internal sealed class CandidateFit
{
    private readonly IHost _host;
    private readonly ModalityColumns _columns;
    private readonly RowsFitSource _source;
    private readonly PairSet _held;
    private readonly PairSet _bank;
    private readonly int _seed;

    /// <param name="host">For data views.</param>
    /// <param name="columns">Two columns.</param>
    /// <param name="set">Unit rows of both modalities.</param>
    /// <param name="fitted">The items to fit on.</param>
    /// <param name="held">The items to measure.</param>
    /// <param name="seed">Draws what is measured of them.</param>
    internal CandidateFit(IHost host, ModalityColumns columns, PairSet set, int[] fitted, int[] held, int seed = 0)
    {
        (_host, _columns, _held, _seed) = (host, columns, set.Take(held), seed);
        var known = set.Take(fitted);
        var (first, second) = known.ListPairs();
        var most = SimilarityCorrectionOptions.Default.MaximumBankRows;
        _bank = Math.Max(known.Count(0), known.Count(1)) <= most ? known : set.Take(fitted[..Math.Max(2, most * fitted.Length / Math.Max(known.Count(0), known.Count(1)))]);
        _source = new RowsFitSource(
            CenterModalitiesOptions.Default,
            [.. columns.Pairs.Select(pair => pair.Input)],
            [RowSampler.Take(known.GetRows(0), set.Dimension, first), RowSampler.Take(known.GetRows(1), set.Dimension, second)],
            [set.Dimension, set.Dimension]);
    }

    /// <summary>Fits candidates; those that share maps have them fitted once.</summary>
    /// <param name="candidates">The candidates.</param>
    /// <param name="times">Adds how long each fit took, with what an earlier candidate had computed for it already.</param>
    /// <param name="completed">Called after each candidate; what it throws ends the work.</param>
    /// <returns>What was measured, in the order of the candidates.</returns>
    internal PairMeasures[] Run(IReadOnlyList<SelectionCandidate> candidates, TimeSpan[]? times = null, Action? completed = null)
    {
        var measures = new PairMeasures[candidates.Count];
        foreach (var group in Enumerable.Range(0, candidates.Count).GroupBy(i => candidates[i].MapKey))
        {
            int[] members = [.. group];
            var (scores, time) = Map(candidates[members[0]], Array.Exists(members, i => candidates[i].Correction is not null));
            var gap = scores.MeasureGap();
            foreach (var i in members)
            {
                measures[i] = PairRanking.Measure(scores.Held, candidates[i].Correction is { } correction ? scores.ToViews(correction) : scores.ToViews(), _seed);
                measures[i].AddGap(gap);
                if (times is not null)
                    times[i] += time;
                completed?.Invoke();
            }
        }

        return measures;
    }

    private (PairScores Scores, TimeSpan Time) Map(SelectionCandidate candidate, bool needsBank)
    {
        var estimator = candidate.CreateMapEstimator(_columns);
        _source.BeginFit();
        var start = Stopwatch.GetTimestamp();
        var mapEstimator = estimator as EmbeddingMapEstimator;
        if (mapEstimator?.MapRows(GetHeldPairs) is { } rows)
        {
            var mapping = Stopwatch.GetElapsedTime(start) + _source.BorrowedTime;
            return (new PairScores(_held.With(rows, _held.Dimension), needsBank ? _bank.With(mapEstimator.MapRows(GetBankPairs)!, _bank.Dimension) : null), mapping);
        }

        var maps = mapEstimator is not null ? mapEstimator.CreateMaps(_source) : [.. estimator.Fit(ToDataView()).Modalities.Select(modality => modality.Map)];
        var time = Stopwatch.GetElapsedTime(start) + _source.BorrowedTime;
        if (maps.Count != 2 || maps[0].OutputDimension != maps[1].OutputDimension)
            throw new InvalidOperationException($"The candidate '{candidate.Name}' does not bring the two modalities into one space.");
        return (new PairScores(Apply(maps, _held), needsBank ? Apply(maps, _bank) : null), time);
    }

    private static PairSet Apply(IReadOnlyList<EmbeddingMap> maps, PairSet set) => set.With(
        [.. maps.Select((map, side) =>
        {
            var values = new float[set.Count(side) * map.OutputDimension];
            map.ApplyRows(set.GetRows(side), values);
            return values;
        })],
        maps[0].OutputDimension);

    private SpectralPairs GetHeldPairs() => _source.Share("held rows", () => new SpectralPairs(_source, [_held.GetRows(0), _held.GetRows(1)]));

    private SpectralPairs GetBankPairs() => _source.Share("bank rows", () => new SpectralPairs(GetHeldPairs(), _source, [_bank.GetRows(0), _bank.GetRows(1)]));

    private IDataView ToDataView()
    {
        var builder = new ArrayDataViewBuilder(_host);
        for (var i = 0; i < 2; i++)
        {
            var d = _source.Dimensions[i];
            builder.AddColumn(_source.Modalities[i], NumberDataViewType.Single, _source.GetRows(i).Chunk(d).Select(row => new VBuffer<float>(d, row)).ToArray());
        }

        return builder.GetDataView();
    }
}
