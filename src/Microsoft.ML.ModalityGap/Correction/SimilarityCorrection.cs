using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// What is made of similarities before rows are ranked: the bias of hubs is taken away, then scores for each modality of the gallery are put on one scale, and calibrated to the probability of a
/// match. Fitted by <c>mlContext.Transforms.CorrectSimilarities(...)</c> together with the maps, and part of their <see cref="EmbeddingMapTransformer"/>.
/// </summary>
/// <remarks>
/// <para>For a query q of modality a and a gallery row g of modality b: score(q, g) = (s(q, g) − bias_a(g) − m_ab)/d_ab, with s the cosine behind the maps, bias_a(g) by
/// <see cref="Hubness"/> from the bank of queries of modality a, and m_ab, d_ab by <see cref="Standardization"/> (<see cref="GetMoments"/>).</para>
/// <para>All of it but s is a function of the row g, so a corrected score is the inner product of two longer vectors: see <see cref="FoldGallery"/> and <see cref="FoldQueries"/>.</para>
/// <para>Immutable and thread-safe. Dimensions, banks and moments are of mapped, normalised rows.</para>
/// </remarks>
public sealed class SimilarityCorrection
{
    private readonly BankBias[] _biases;
    private readonly SimilarityMoments[][] _moments;
    private readonly string[] _modalities;
    private readonly MatchCalibration[] _calibrations;

    /// <param name="dimension">Of mapped rows.</param>
    /// <param name="standardization">How scores were put on one scale.</param>
    /// <param name="modalities">Their names.</param>
    /// <param name="biases">Per modality of queries.</param>
    /// <param name="moments">Per modality of queries, per modality of the gallery.</param>
    /// <param name="calibrations">Of some modalities of queries.</param>
    /// <exception cref="ArgumentException">They do not belong together, or a deviation is not positive.</exception>
    internal SimilarityCorrection(
        int dimension,
        SimilarityStandardization? standardization,
        IReadOnlyList<string> modalities,
        IReadOnlyList<BankBias> biases,
        IReadOnlyList<SimilarityMoments[]> moments,
        IReadOnlyList<MatchCalibration> calibrations)
    {
        if (modalities.Count == 0 || biases.Count != modalities.Count || moments.Count != modalities.Count || moments.Any(row => row.Length != modalities.Count))
            throw new ArgumentException("A correction has a bank per modality, and moments for each two.", nameof(modalities));
        if (biases.Any(bias => bias.Dimension != dimension))
            throw new ArgumentException($"A bank has other than {dimension} dimensions.", nameof(biases));
        if (moments.SelectMany(row => row).FirstOrDefault(entry => !double.IsFinite(entry.Mean) || !(entry.Deviation > 0 && double.IsFinite(entry.Deviation))) is { } bad)
            throw new ArgumentException($"Similarities of '{bad.QueryModality}' to '{bad.GalleryModality}' have the mean {bad.Mean} and the deviation {bad.Deviation}.", nameof(moments));
        (Dimension, Standardization) = (dimension, standardization);
        (_modalities, _biases, _moments, _calibrations) = ([.. modalities], [.. biases], [.. moments], [.. calibrations]);
    }

    /// <summary>The number of dimensions of mapped rows.</summary>
    public int Dimension { get; }

    /// <summary>The modalities that ask and are asked for, in the order of the maps.</summary>
    public IReadOnlyList<string> Modalities => _modalities;

    /// <summary>What is taken from hubs.</summary>
    public HubnessCorrection Hubness => _biases[0].Hubness;

    /// <summary>How scores are put on one scale; <see langword="null"/> for not.</summary>
    public SimilarityStandardization? Standardization { get; }

    /// <summary>m and d for each two modalities.</summary>
    public IReadOnlyList<SimilarityMoments> Moments => [.. _moments.SelectMany(row => row)];

    /// <summary>How probable a match is by its score, per modality of queries; none where it was not calibrated.</summary>
    public IReadOnlyList<MatchCalibration> Calibrations => _calibrations;

    internal IReadOnlyList<BankBias> Biases => _biases;

    /// <summary>What computes bias_a of unit rows.</summary>
    internal BankBias GetBias(string queryModality) => _biases[IndexOf(queryModality, nameof(queryModality))];

    /// <summary>m and d of queries of one modality with rows of another.</summary>
    /// <param name="queryModality">The queries' modality.</param>
    /// <param name="galleryModality">The rows'.</param>
    /// <exception cref="ArgumentException">A modality is not among those fitted.</exception>
    public SimilarityMoments GetMoments(string queryModality, string galleryModality) => _moments[IndexOf(queryModality, nameof(queryModality))][IndexOf(galleryModality, nameof(galleryModality))];

    /// <summary>The number of rows in the bank of queries of a modality; 0 where <see cref="Hubness"/> needs none.</summary>
    /// <param name="queryModality">The modality.</param>
    /// <exception cref="ArgumentException">It is not among those fitted.</exception>
    public int GetBankCount(string queryModality) => GetBias(queryModality).Count;

    /// <summary>The calibration for queries of a modality, or <see langword="null"/> where there is none.</summary>
    /// <param name="queryModality">The modality.</param>
    /// <exception cref="ArgumentException">It is not among those fitted.</exception>
    public MatchCalibration? FindCalibration(string queryModality)
    {
        IndexOf(queryModality, nameof(queryModality));
        return Array.Find(_calibrations, entry => entry.QueryModality == queryModality);
    }

    /// <summary>The score of one query with one gallery row.</summary>
    /// <param name="queryModality">The query's modality.</param>
    /// <param name="query">The query behind its map; it need not be a unit vector.</param>
    /// <param name="galleryModality">The row's modality.</param>
    /// <param name="row">The row behind its map.</param>
    /// <exception cref="ArgumentException">A modality is not among those fitted, or a vector has another dimension.</exception>
    public double Score(string queryModality, ReadOnlySpan<float> query, string galleryModality, ReadOnlySpan<float> row)
    {
        var folded = (FoldQueries(queryModality, query), FoldGallery(galleryModality, row, queryModality));
        return folded.Item1.Length == folded.Item2.Length
            ? TensorPrimitives.Dot<float>(folded.Item1, folded.Item2)
            : throw new ArgumentException($"One query and one row of {Dimension} dimensions are scored.", nameof(row));
    }

    /// <summary>
    /// Queries as an inner-product store wants them: [u·q̂, u·e_a], with e_a a 1 in the place of their modality among those that may ask. u is 1 where one modality asks.
    /// </summary>
    /// <param name="queryModality">The queries' modality.</param>
    /// <param name="rows">Queries behind their map, one behind the other; they are normalised.</param>
    /// <param name="askingModalities">All modalities that may ask, in the order that the gallery was folded with; none for the queries' alone.</param>
    /// <returns>Rows of <see cref="Dimension"/> and as many more values as modalities may ask.</returns>
    /// <exception cref="ArgumentException">A modality is not among those fitted, or the length is no multiple of <see cref="Dimension"/>.</exception>
    public float[] FoldQueries(string queryModality, ReadOnlySpan<float> rows, params IReadOnlyList<string> askingModalities) => Fold(CreateQueryStep(queryModality, askingModalities), rows);

    /// <summary>
    /// Gallery rows as an inner-product store wants them: [v·ĝ, −v·(bias_a(g) + m_ab), …], the last for each modality a that may ask. With one that asks, v = 1/d_ab, and the inner product with a folded
    /// query is the score. With several, v_b and the queries' u_a are the geometric means that come nearest to u_a·v_b = 1/d_ab (<see cref="GetSharedScaleDeviation"/>).
    /// </summary>
    /// <param name="galleryModality">The rows' modality.</param>
    /// <param name="rows">Gallery rows behind their map, one behind the other; they are normalised.</param>
    /// <param name="askingModalities">The modalities that may ask, at least one.</param>
    /// <returns>Rows of <see cref="Dimension"/> and as many more values as modalities may ask.</returns>
    /// <exception cref="ArgumentException">A modality is not among those fitted, none asks, or the length is no multiple of <see cref="Dimension"/>.</exception>
    public float[] FoldGallery(string galleryModality, ReadOnlySpan<float> rows, params IReadOnlyList<string> askingModalities) => Fold(CreateGalleryStep(galleryModality, askingModalities), rows);

    /// <summary>
    /// By how much of itself a scale u_a·v_b at most differs from 1/d_ab where several modalities ask one folded gallery; 0 where that is exact, as it is for one that asks, for a gallery of one modality, and where only
    /// offsets are taken.
    /// </summary>
    /// <param name="askingModalities">The modalities that may ask.</param>
    /// <exception cref="ArgumentException">A modality is not among those fitted, or none asks.</exception>
    public double GetSharedScaleDeviation(params IReadOnlyList<string> askingModalities) =>
        askingModalities.Max(asking => _modalities.Max(gallery => Math.Abs(GetQueryScale(asking, askingModalities) * GetGalleryScale(gallery, askingModalities) * GetMoments(asking, gallery).Deviation - 1)));

    /// <summary>The step behind a modality's map that folds gallery rows.</summary>
    internal FoldGalleryStep CreateGalleryStep(string galleryModality, IReadOnlyList<string> askingModalities)
    {
        var scale = (float)GetGalleryScale(galleryModality, askingModalities);
        return new FoldGalleryStep(scale, [.. askingModalities.Select(asking => (_biases[IndexOf(asking, nameof(askingModalities))], (float)GetMoments(asking, galleryModality).Mean))], Dimension);
    }

    /// <summary>The step behind a modality's map that folds queries.</summary>
    internal FoldQueryStep CreateQueryStep(string queryModality, IReadOnlyList<string> askingModalities)
    {
        if (askingModalities.Count == 0)
            askingModalities = [queryModality];
        var place = askingModalities.ToList().IndexOf(queryModality);
        return place >= 0
            ? new FoldQueryStep(Dimension, askingModalities.Count, place, (float)GetQueryScale(queryModality, askingModalities))
            : throw new ArgumentException($"Queries of '{queryModality}' are not among those that may ask: '{string.Join("', '", askingModalities)}'.", nameof(askingModalities));
    }

    /// <summary>Scale and bias of unit gallery rows of one modality, so that score = scale·s − bias.</summary>
    /// <returns>The scale, which all rows of a modality share.</returns>
    internal float ComputeBias(string queryModality, string galleryModality, ReadOnlySpan<float> rows, Span<float> bias)
    {
        var moments = GetMoments(queryModality, galleryModality);
        var scale = (float)(1 / moments.Deviation);
        GetBias(queryModality).Compute(rows, bias);
        TensorPrimitives.Add(bias, (float)moments.Mean, bias);
        TensorPrimitives.Multiply(bias, scale, bias);
        return scale;
    }

    /// <summary>The same with other calibrations.</summary>
    internal SimilarityCorrection WithCalibrations(IReadOnlyList<MatchCalibration> calibrations) => new(Dimension, Standardization, _modalities, _biases, _moments, calibrations);

    /// <summary>Whether a modality is among those fitted.</summary>
    internal bool Knows(string modality) => Array.IndexOf(_modalities, modality) >= 0;

    private static float[] Fold(EmbeddingMapStep step, ReadOnlySpan<float> rows)
    {
        var map = new EmbeddingMap(step.InputDimension!.Value, new L2NormalizeStep(), step);
        var folded = new float[checked(RowBlocks.CountRows(rows.Length, map.InputDimension, nameof(rows)) * map.OutputDimension)];
        map.ApplyRows(rows, folded);
        return folded;
    }

    private int IndexOf(string modality, string parameterName)
    {
        ArgumentNullException.ThrowIfNull(modality, parameterName);
        var index = Array.IndexOf(_modalities, modality);
        return index >= 0 ? index : throw new ArgumentException($"The correction knows no modality '{modality}'. It was fitted on '{string.Join("', '", _modalities)}'.", parameterName);
    }

    /// <summary>v_b: the geometric mean of 1/d_ab over the modalities a that may ask.</summary>
    private double GetGalleryScale(string galleryModality, IReadOnlyList<string> askingModalities)
    {
        ArgumentNullException.ThrowIfNull(askingModalities);
        if (askingModalities.Count == 0 || askingModalities.Distinct(StringComparer.Ordinal).Count() < askingModalities.Count)
            throw new ArgumentException("Name the modalities that may ask, at least one and none twice.", nameof(askingModalities));
        return Math.Exp(-askingModalities.Average(asking => Math.Log(GetMoments(asking, galleryModality).Deviation)));
    }

    /// <summary>u_a: the geometric mean over the modalities b of what is then left.</summary>
    private double GetQueryScale(string queryModality, IReadOnlyList<string> askingModalities) => askingModalities.Count == 1
        ? 1
        : Math.Exp(-_modalities.Average(gallery => Math.Log(GetMoments(queryModality, gallery).Deviation * GetGalleryScale(gallery, askingModalities))));
}
