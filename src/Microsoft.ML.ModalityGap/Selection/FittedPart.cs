using System.Diagnostics;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Items that candidates are fitted on, one after the other, and others that they map; what candidates have in common is computed once.</summary>
internal sealed class FittedPart
{
    private readonly IHost _host;
    private readonly ModalityColumns _columns;
    private readonly RowsFitSource _source;
    private readonly PairSet _held;
    private readonly PairSet _bank;

    /// <param name="host">For data views.</param>
    /// <param name="columns">Two columns.</param>
    /// <param name="set">Unit rows of both modalities.</param>
    /// <param name="fitted">The items to fit on.</param>
    /// <param name="held">The rows to map.</param>
    /// <param name="bankRows">The most fitted rows of each modality that are mapped, too.</param>
    internal FittedPart(IHost host, ModalityColumns columns, PairSet set, int[] fitted, PairSet held, int bankRows)
    {
        (_host, _columns, _held, _bank) = (host, columns, held, TakeRows(set, fitted, bankRows));
        var known = set.Take(fitted);
        var (first, second) = known.ListPairs();
        _source = new RowsFitSource(
            CenterModalitiesOptions.Default,
            [.. columns.Pairs.Select(pair => pair.Input)],
            [RowSampler.Take(known.GetRows(0), set.Dimension, first), RowSampler.Take(known.GetRows(1), set.Dimension, second)],
            [set.Dimension, set.Dimension]);
    }

    /// <summary>The rows of items, of as many of them as have no more rows of a modality than allowed.</summary>
    internal static PairSet TakeRows(PairSet set, int[] items, int most)
    {
        var all = set.Take(items);
        var rows = Math.Max(all.Count(0), all.Count(1));
        return rows <= most ? all : set.Take(items[..Math.Max(2, (int)((long)most * items.Length / rows))]);
    }

    /// <summary>What a candidate's maps make of the rows, of the bank if that is needed, and how long the fit and the mapping of the rows took.</summary>
    internal (PairSet Held, PairSet? Bank, TimeSpan Time) Map(SelectionCandidate candidate, bool needsBank)
    {
        var estimator = candidate.CreateMapEstimator(_columns);
        _source.BeginFit();
        var start = Stopwatch.GetTimestamp();
        var mapEstimator = estimator as EmbeddingMapEstimator;
        if (mapEstimator?.MapRows(GetHeldPairs) is { } rows)
        {
            var mapping = Stopwatch.GetElapsedTime(start) + _source.BorrowedTime;
            return (_held.With(rows, _held.Dimension), needsBank ? _bank.With(mapEstimator.MapRows(GetBankPairs)!, _bank.Dimension) : null, mapping);
        }

        var maps = mapEstimator is not null ? mapEstimator.CreateMaps(_source) : [.. estimator.Fit(ToDataView()).Modalities.Select(modality => modality.Map)];
        var time = Stopwatch.GetElapsedTime(start) + _source.BorrowedTime;
        if (maps.Count != 2 || maps[0].OutputDimension != maps[1].OutputDimension)
            throw new InvalidOperationException($"The candidate '{candidate.Name}' does not bring the two modalities into one space.");
        return (Apply(maps, _held), needsBank ? Apply(maps, _bank) : null, time);
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
