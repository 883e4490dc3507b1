using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Fits a map per modality together with the correction of similarities behind it: one model of a search. Closing the gap brings modalities together; the correction takes away hubs and puts
/// scores of all modalities on one scale, so that a gallery of images and texts can be ranked at once and a score says how probable a match is.
/// </summary>
/// <remarks>
/// <para>score(q, g) = (s(q, g) − bias_a(g) − m_ab)/d_ab for a query of modality a and a gallery row of modality b; see <see cref="SimilarityCorrection"/>.</para>
/// <list type="table">
/// <listheader><term>Characteristic</term><description>Value</description></listheader>
/// <item><term>Needs to look at the data to fit</term><description>Yes: as the maps' estimator does, and one pass to draw banks of at most <see cref="SimilarityCorrectionOptions.MaximumBankRows"/> rows a modality</description></item>
/// <item><term>Input and output columns</term><description>Those of the maps' estimator: the transformer maps rows. Their correction is its <see cref="EmbeddingMapTransformer.Correction"/>, for
/// <see cref="EmbeddingIndexOptions.Correction"/></description></item>
/// <item><term>Saved by <c>mlContext.Model.Save</c></term><description>Yes, maps and correction</description></item>
/// <item><term>Exportable to ONNX</term><description>Yes: the maps, and what <see cref="EmbeddingMapTransformer.PrepareGallery"/> and <see cref="EmbeddingMapTransformer.PrepareQueries"/> make</description></item>
/// </list>
/// <para>In data with a modality per column row i of all columns belongs together. Calibration is then crossed over: the queries of each quarter of the drawn pairs are scored by maps and banks of the others, because pairs that a map was
/// fitted on are nearer than new ones are; where the banks hold less than a quarter of the rows, the model itself scores them. With a modality per row, or data sets of their own, rows that are each other's best
/// stand for pairs.</para>
/// <para>Degenerate: similarities that are all the same have no deviation and are refused, as are banks with nothing but one row; fewer than 10 rows are not calibrated. The maps must yield one number of dimensions.</para>
/// <para>Sources: see <see cref="HubnessCorrection"/>, <see cref="SimilarityStandardization"/>, <see cref="MatchCalibration"/>.</para>
/// </remarks>
public sealed class CorrectSimilaritiesEstimator : IEstimator<EmbeddingMapTransformer>
{
    private const int CalibrationFolds = 4;

    // Where the banks are fewer of the fitted rows than this, the maps hardly know them.
    private const double CrossedShare = 0.25;

    private readonly IHost _host;
    private readonly IEstimator<EmbeddingMapTransformer> _maps;

    internal CorrectSimilaritiesEstimator(IHostEnvironment env, IEstimator<EmbeddingMapTransformer> maps, SimilarityCorrectionOptions? options)
    {
        ArgumentNullException.ThrowIfNull(env);
        ArgumentNullException.ThrowIfNull(maps);
        _host = env.Register(nameof(CorrectSimilaritiesEstimator));
        (_maps, Options) = (maps, options ?? SimilarityCorrectionOptions.Default);
    }

    /// <summary>How the correction is fitted.</summary>
    public SimilarityCorrectionOptions Options { get; }

    /// <summary>What fits the maps.</summary>
    internal IEstimator<EmbeddingMapTransformer> Maps => _maps;

    /// <summary>Fits maps and correction.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidDataException">A row cannot be used and <see cref="UnusableRows.Throw"/> is set, a modality has too few usable rows, or there is no deviation to standardise by.</exception>
    public EmbeddingMapTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var model = _maps.Fit(input);
        var sample = new RowSampler(_host, model.Columns, FitOptions, [.. model.Modalities.Select(entry => entry.Modality)], GetDimensions(model)).Draw(input, Options.MaximumBankRows, Options.Seed);
        return Correct(model, sample);
    }

    /// <summary>Fits maps and correction, each modality on a data set of its own: the rows need not be pairs, nor equally many.</summary>
    /// <param name="inputs">Per input column the data that has it.</param>
    /// <exception cref="ArgumentException">A column's data is missing.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing in its data or has another type.</exception>
    /// <exception cref="InvalidDataException">As for one data set.</exception>
    /// <exception cref="InvalidOperationException">The columns have a modality per row, or the maps are learnt from pairs.</exception>
    public EmbeddingMapTransformer Fit(IReadOnlyDictionary<string, IDataView> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (_maps is not EmbeddingMapEstimator estimator)
            throw new InvalidOperationException($"{_maps.GetType().Name} learns from pairs, so it needs both modalities as columns of one data set.");
        var model = estimator.Fit(inputs);
        var dimensions = GetDimensions(model);
        var rows = model.Modalities.Select((entry, i) => new RowSampler(_host, ModalityColumns.PerColumn(entry.Modality), FitOptions, [entry.Modality], [dimensions[i]])
            .Draw(inputs[entry.Modality], Options.MaximumBankRows, unchecked(Options.Seed + i)).Rows[0]);
        return Correct(model, new RowSample([.. rows], dimensions, ArePairs: false));
    }

    /// <summary>What fits the maps.</summary>
    public override string ToString() => $"{nameof(CorrectSimilaritiesEstimator)} behind {_maps}";

    /// <inheritdoc />
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => _maps.GetOutputSchema(inputSchema);

    /// <summary>The correction behind maps, of rows in memory: for cross-validation, without calibration.</summary>
    /// <param name="modalities">Their names.</param>
    /// <param name="maps">Their maps.</param>
    /// <param name="sample">Rows before the maps.</param>
    internal SimilarityCorrection CreateCorrection(IReadOnlyList<string> modalities, IReadOnlyList<EmbeddingMap> maps, RowSample sample)
    {
        var banks = Map(modalities, maps, sample, chosen: null);
        return CorrectionFit.Fit(banks, maps[0].OutputDimension, sample.ArePairs, Options, calibrate: false);
    }

    private ModalityFitOptions FitOptions => _maps is EmbeddingMapEstimator estimator
        ? estimator.FitOptions
        : new CenterModalitiesOptions { UnusableRows = Options.UnusableRows };

    private static int[] GetDimensions(EmbeddingMapTransformer model) => [.. model.Modalities.Select(entry => entry.Map.InputDimension)];

    private EmbeddingMapTransformer Correct(EmbeddingMapTransformer model, RowSample sample)
    {
        var (names, maps) = (model.Modalities.Select(entry => entry.Modality).ToArray(), model.Modalities.Select(entry => entry.Map).ToArray());
        if (maps.Any(map => map.OutputDimension != maps[0].OutputDimension))
            throw new InvalidDataException($"Only rows of one space can be compared, but the maps yield {string.Join(" and ", maps.Select(map => map.OutputDimension))} dimensions.");
        var crosses = sample.ArePairs && names.Length > 1 && sample.Count(0) >= CalibrationFolds * CorrectionFit.MinimumCalibrationRows
            && !(model.Modalities[0].Statistics?.Count * CrossedShare > sample.Count(0));
        var correction = CorrectionFit.Fit(Map(names, maps, sample, chosen: null), maps[0].OutputDimension, sample.ArePairs, Options, calibrate: !crosses);
        if (Options.Calibrate && crosses)
            correction = correction.WithCalibrations(CrossCalibrate(names, sample));
        return new EmbeddingMapTransformer(_host, model.Columns, model.Modalities, model.Fingerprint, correction);
    }

    /// <summary>Scores of the queries of each part of the pairs, with all rows, by maps and banks of the other parts.</summary>
    private IReadOnlyList<MatchCalibration> CrossCalibrate(string[] names, RowSample sample)
    {
        var order = Enumerable.Range(0, sample.Count(0)).ToArray();
        new Random(Options.Seed).Shuffle(order);
        var scores = new MatchSamples(names);
        for (var fold = 0; fold < CalibrationFolds; fold++)
        {
            int[] fitted = [.. order.Where((_, i) => i % CalibrationFolds != fold)], held = [.. order.Where((_, i) => i % CalibrationFolds == fold)];
            var maps = FitMaps(names, sample, fitted);
            var correction = CorrectionFit.Fit(Map(names, maps, sample, fitted), maps[0].OutputDimension, arePairs: true, Options, calibrate: false);
            var known = Enumerable.Repeat(-1, order.Length).ToArray();
            for (var i = 0; i < fitted.Length; i++)
                known[fitted[i]] = i;
            scores.Add(correction, Map(names, maps, sample, held), Map(names, maps, sample, chosen: null), held, known);
        }

        return scores.Fit(fromPairs: true);
    }

    private IReadOnlyList<EmbeddingMap> FitMaps(string[] names, RowSample sample, int[] fitted)
    {
        var rows = sample.Rows.Select((values, i) => RowSampler.Take(values, sample.Dimensions[i], fitted)).ToArray();
        if (_maps is EmbeddingMapEstimator estimator)
            return estimator.CreateMaps(new RowsFitSource(estimator.FitOptions, names, rows, sample.Dimensions));
        var builder = new ArrayDataViewBuilder(_host);
        for (var i = 0; i < names.Length; i++)
        {
            var d = sample.Dimensions[i];
            builder.AddColumn(names[i], NumberDataViewType.Single, rows[i].Chunk(d).Select(row => new VBuffer<float>(d, row)).ToArray());
        }

        return [.. _maps.Fit(builder.GetDataView()).Modalities.Select(entry => entry.Map)];
    }

    /// <summary>Some rows behind their maps.</summary>
    private static CorrectionBank[] Map(IReadOnlyList<string> names, IReadOnlyList<EmbeddingMap> maps, RowSample sample, int[]? chosen) => [.. maps.Select((map, i) =>
    {
        var rows = chosen is not null ? RowSampler.Take(sample.Rows[i], sample.Dimensions[i], chosen) : sample.Rows[i];
        var mapped = new float[rows.Length / map.InputDimension * map.OutputDimension];
        map.ApplyRows(rows, mapped);
        return CorrectionBank.Create(names[i], mapped, map.OutputDimension);
    })];
}
