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
    private readonly FitBuffers _buffers;

    /// <param name="host">For data views.</param>
    /// <param name="columns">Two columns.</param>
    /// <param name="set">Unit rows of both modalities.</param>
    /// <param name="fitted">The items to fit on.</param>
    /// <param name="held">The rows to map.</param>
    /// <param name="bankRows">The most fitted rows of each modality that are mapped, too.</param>
    /// <param name="buffers">Where mapped rows are, and what they are made of.</param>
    internal FittedPart(IHost host, ModalityColumns columns, PairSet set, int[] fitted, PairSet held, int bankRows, FitBuffers buffers)
    {
        var known = set.Take(fitted, buffers.Common);
        (_host, _columns, _held, _bank, _buffers) = (host, columns, held, known.TakeFirst(fitted, bankRows), buffers);
        var (first, second) = known.ListPairs();
        _source = new RowsFitSource(
            CenterModalitiesOptions.Default,
            [.. columns.Pairs.Select(pair => pair.Input)],
            known.IsPaired ? [known.GetRows(0), known.GetRows(1)] : [RowSampler.Take(known.GetRows(0), set.Dimension, first, buffers.Common), RowSampler.Take(known.GetRows(1), set.Dimension, second, buffers.Common)],
            [set.Dimension, set.Dimension],
            buffers: buffers.Spectra);
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

    private PairSet Apply(IReadOnlyList<EmbeddingMap> maps, PairSet set) => set.With(
        [.. maps.Select((map, side) =>
        {
            var values = _buffers.Candidate.Rent(set.Count(side) * map.OutputDimension);
            map.ApplyRows(set.GetRows(side), values);
            return values;
        })],
        maps[0].OutputDimension);

    private SpectralPairs GetHeldPairs() => _source.Share("held rows", () => new SpectralPairs(_source, [_held.GetRows(0), _held.GetRows(1)], _buffers.Common, _buffers.Candidate));

    private SpectralPairs GetBankPairs() => _source.Share("bank rows", () => GetHeldPairs().With([_bank.GetRows(0), _bank.GetRows(1)]));

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
