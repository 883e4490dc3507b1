using System.Diagnostics;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Fits candidates on some pairs and maps others by them.</summary>
internal sealed class CandidateFit
{
    private readonly IHost _host;
    private readonly ModalityColumns _columns;
    private readonly RowsFitSource _source;
    private readonly float[][] _held;
    private readonly int[] _heldPairs;

    /// <param name="host">For data views.</param>
    /// <param name="columns">Two columns.</param>
    /// <param name="rows">The unit rows of both modalities, row i of both a pair.</param>
    /// <param name="dimension">Theirs.</param>
    /// <param name="fitted">The pairs to fit on.</param>
    /// <param name="held">The pairs to map.</param>
    internal CandidateFit(IHost host, ModalityColumns columns, float[][] rows, int dimension, int[] fitted, int[] held)
    {
        (_host, _columns, _heldPairs) = (host, columns, held);
        _source = new RowsFitSource(
            CenterModalitiesOptions.Default,
            [.. columns.Pairs.Select(pair => pair.Input)],
            [.. rows.Select(values => RowSampler.Take(values, dimension, fitted))],
            [dimension, dimension]);
        _held = [.. rows.Select(values => RowSampler.Take(values, dimension, held))];
    }

    /// <summary>Fits a candidate, and adds what its maps make of the other pairs to measures.</summary>
    /// <returns>How long the fit took, with what an earlier candidate had computed for it already.</returns>
    internal TimeSpan Run(SelectionCandidate candidate, PairMeasures measures)
    {
        var estimator = candidate.CreateEstimator(_columns);
        _source.BeginFit();
        var start = Stopwatch.GetTimestamp();
        var maps = estimator is EmbeddingMapEstimator mapEstimator
            ? mapEstimator.CreateMaps(_source)
            : [.. estimator.Fit(ToDataView()).Modalities.Select(modality => modality.Map)];
        var time = Stopwatch.GetElapsedTime(start) + _source.BorrowedTime;
        if (maps.Count != 2 || maps[0].OutputDimension != maps[1].OutputDimension)
            throw new InvalidOperationException($"The candidate '{candidate.Name}' does not bring the two modalities into one space.");

        var mapped = maps.Select((map, side) =>
        {
            var values = new float[_heldPairs.Length * map.OutputDimension];
            map.ApplyRows(_held[side], values);
            return values;
        }).ToArray();
        measures.Add(_heldPairs, mapped[0], mapped[1], maps[0].OutputDimension);
        return time;
    }

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
