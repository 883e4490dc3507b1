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
/// <para>m, d and the calibration are crossed over, because rows that maps were fitted on lie otherwise than new ones: the banks' rows are dealt in quarters, and each two quarters are measured behind maps and with banks of
/// all other rows (six fits). Of data of more than four times the banks' rows the model itself is measured, as it is of banks of fewer than 20 items.</para>
/// <para>In data with a modality per column row i of all columns belongs together. With a modality per row, or data sets of their own, rows that are each other's nearest stand for pairs.</para>
/// <para>Degenerate: similarities that are all the same have no deviation and are refused, as are banks with nothing but one row; fewer than 10 rows are not calibrated. The maps must yield one number of dimensions.</para>
/// <para>Sources: see <see cref="HubnessCorrection"/>, <see cref="SimilarityStandardization"/>, <see cref="MatchCalibration"/>.</para>
/// </remarks>
public sealed class CorrectSimilaritiesEstimator : IEstimator<EmbeddingMapTransformer>
{
    private const int Quarters = 4;

    // Of so many times the rows of the banks it takes no crossing: the maps hardly know each of them.
    private const int CrossedShare = 4;

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
        var sample = new RowSampler(_host, model.Columns, FitOptions, [.. model.Modalities.Select(entry => entry.Modality)], GetDimensions(model)).Draw(input, SampleRows, Options.Seed);
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
            .Draw(inputs[entry.Modality], SampleRows, unchecked(Options.Seed + i)).Rows[0]);
        return Correct(model, new RowSample([.. rows], dimensions, ArePairs: false));
    }

    /// <summary>Fits maps and correction to what a method may ask.</summary>
    /// <param name="createSource">Makes it, with the options of the maps' estimator.</param>
    /// <exception cref="InvalidOperationException">The maps are learnt from rows.</exception>
    internal EmbeddingMapTransformer Fit(Func<ModalityFitOptions, MapFitSource> createSource)
    {
        if (_maps is not EmbeddingMapEstimator estimator)
            throw new InvalidOperationException($"{_maps.GetType().Name} is trained on the rows themselves.");
        var source = createSource(estimator.FitOptions);
        return Correct(estimator.Fit(source), source.Sample(SampleRows, Options.Seed));
    }

    /// <summary>What fits the maps.</summary>
    public override string ToString() => $"{nameof(CorrectSimilaritiesEstimator)} behind {_maps}";

    /// <inheritdoc />
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => _maps.GetOutputSchema(inputSchema);

    private int SampleRows => (int)Math.Min(int.MaxValue, (long)CrossedShare * Options.MaximumBankRows);

    private ModalityFitOptions FitOptions => _maps is EmbeddingMapEstimator estimator
        ? estimator.FitOptions
        : new CenterModalitiesOptions { UnusableRows = Options.UnusableRows };

    private static int[] GetDimensions(EmbeddingMapTransformer model) => [.. model.Modalities.Select(entry => entry.Map.InputDimension)];

    private EmbeddingMapTransformer Correct(EmbeddingMapTransformer model, RowSample sample)
    {
        var (names, maps) = (model.Modalities.Select(entry => entry.Modality).ToArray(), model.Modalities.Select(entry => entry.Map).ToArray());
        if (maps.Any(map => map.OutputDimension != maps[0].OutputDimension))
            throw new InvalidDataException($"Only rows of one space can be compared, but the maps yield {string.Join(" and ", maps.Select(map => map.OutputDimension))} dimensions.");
        int[][] chosen = [.. names.Select((_, i) => RowSampler.Choose(sample.Count(i), Options.MaximumBankRows, Options.Seed))];
        var banks = Map(names, maps, sample, chosen);
        var parts = Options is { Standardization: null, Calibrate: false } ? null : Cross(names, sample, chosen, GetItems(sample, chosen, banks), model.Modalities[0].Statistics?.Count);
        var correction = CorrectionFit.Fit(banks, maps[0].OutputDimension, sample.ArePairs, Options, parts);
        return new EmbeddingMapTransformer(_host, model.Columns, model.Modalities, model.Fingerprint, correction);
    }

    /// <summary>The item of each sampled row, per modality.</summary>
    private static int[][] GetItems(RowSample sample, int[][] chosen, CorrectionBank[] banks)
    {
        if (sample.ArePairs)
            return CorrectionFit.FindItems(sample.Rows, sample.Dimensions) is var paired ? [.. banks.Select(_ => paired)] : [];
        var guessed = CorrectionFit.GuessItems(banks, banks[0].Dimension);
        return [.. chosen.Select((numbers, i) =>
        {
            var items = Enumerable.Repeat(-1, sample.Count(i)).ToArray();
            for (var at = 0; at < numbers.Length; at++)
                items[numbers[at]] = guessed[i][at];
            return items;
        })];
    }

    /// <summary>
    /// The items of the banks in quarters: each two of them behind maps that were fitted on all rows but theirs. So every row meets all others outside of what its maps know, as new rows do. <see langword="null"/> where that
    /// takes more rows than there are, or tells nothing.
    /// </summary>
    private CorrectionPart[]? Cross(string[] names, RowSample sample, int[][] chosen, int[][] items, long? fittedCount)
    {
        int[] held = [.. chosen.SelectMany((numbers, i) => numbers.Select(number => items[i][number])).Distinct()];
        var least = names.Select((_, i) => chosen[i].Select(number => items[i][number]).Distinct().Count()).Min();
        if (least < CorrectionFit.MinimumCrossedItems || fittedCount > SampleRows || !(sample.ArePairs || _maps is EmbeddingMapEstimator))
            return null;
        new Random(Options.Seed).Shuffle(held);
        var quarters = held.Select((item, i) => (item, Quarter: i % Quarters)).ToDictionary(entry => entry.item, entry => entry.Quarter);
        (int First, int Second)[] halves = [.. from first in Enumerable.Range(0, Quarters) from second in Enumerable.Range(first + 1, Quarters - first - 1) select (first, second)];
        var parts = new CorrectionPart[halves.Length];
        ParallelFor.Run(parts.Length, _maps is EmbeddingMapEstimator ? -1 : 1, part =>
        {
            bool IsHeld(int item) => quarters.TryGetValue(item, out var quarter) && (quarter == halves[part].First || quarter == halves[part].Second);
            var maps = FitMaps(names, sample, [.. items.Select(rows => Enumerable.Range(0, rows.Length).Where(row => !IsHeld(rows[row])).ToArray())]);
            CorrectionRows[] Take(bool areHeld)
            {
                int[][] taken = [.. chosen.Select((numbers, i) => numbers.Where(number => IsHeld(items[i][number]) == areHeld).ToArray())];
                return [.. Map(names, maps, sample, taken).Select((bank, i) => new CorrectionRows(bank.Rows, [.. taken[i].Select(number => items[i][number])], taken[i]))];
            }

            parts[part] = new CorrectionPart(maps[0].OutputDimension, Take(areHeld: true), Take(areHeld: false));
        });
        return parts;
    }

    private IReadOnlyList<EmbeddingMap> FitMaps(string[] names, RowSample sample, int[][] fitted)
    {
        var rows = sample.Rows.Select((values, i) => RowSampler.Take(values, sample.Dimensions[i], fitted[i])).ToArray();
        if (_maps is EmbeddingMapEstimator estimator)
            return estimator.CreateMaps(new RowsFitSource(estimator.FitOptions, names, rows, sample.Dimensions, sample.ArePairs));
        var builder = new ArrayDataViewBuilder(_host);
        for (var i = 0; i < names.Length; i++)
        {
            var d = sample.Dimensions[i];
            builder.AddColumn(names[i], NumberDataViewType.Single, rows[i].Chunk(d).Select(row => new VBuffer<float>(d, row)).ToArray());
        }

        return [.. _maps.Fit(builder.GetDataView()).Modalities.Select(entry => entry.Map)];
    }

    /// <summary>Some rows behind their maps.</summary>
    private static CorrectionBank[] Map(string[] names, IReadOnlyList<EmbeddingMap> maps, RowSample sample, int[][] chosen) => [.. maps.Select((map, i) =>
    {
        var rows = RowSampler.Take(sample.Rows[i], sample.Dimensions[i], chosen[i]);
        var mapped = new float[rows.Length / map.InputDimension * map.OutputDimension];
        map.ApplyRows(rows, mapped);
        return CorrectionBank.Create(names[i], mapped, map.OutputDimension);
    })];
}
