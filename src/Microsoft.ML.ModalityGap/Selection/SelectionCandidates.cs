using System.Globalization;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>What <see cref="ModalityGapCatalog.Select(IDataView, string, string, SelectionOptions?)"/> compares unless told otherwise. A new candidate is a line here.</summary>
internal static class SelectionCandidates
{
    /// <summary>The name of leaving the embeddings alone.</summary>
    internal const string Raw = "raw";

    /// <summary>The name of the candidate whose gap counts as closed: I0T_post.</summary>
    internal const string Center = "center";

    private static readonly double[] _whitenings = [0.8, 0.9, 0.95, 0.98];
    private static readonly double?[] _alignmentWhitenings = [null, 0.8, 0.9, 0.95];
    private static readonly double[] _canonical = [0.3, 0.9];
    private static readonly double[] _alignments = [0.9, 0.95, 0.97, 0.99];

    /// <summary>What corrections are tried behind: I0T_post, and what does best without.</summary>
    private static readonly string[] _correctedMaps = ["center", "whiten 0.95", "whiten 0.8 + align 0.9", "whiten 0.95 + align 0.9", "whiten 0.95 + align 0.95"];

    private static readonly (string Name, SimilarityCorrectionOptions Options)[] _corrections =
    [
        ("standardize", Standardize(HubnessCorrection.None)),
        ("inverted-softmax 5 + standardize", Standardize(HubnessCorrection.InvertedSoftmax(5))),
        ("inverted-softmax 10 + standardize", Standardize(HubnessCorrection.InvertedSoftmax(10))),
        ("inverted-softmax 20 + standardize", Standardize(HubnessCorrection.InvertedSoftmax(20))),
        ("local-scaling 5 + standardize", Standardize(HubnessCorrection.LocalScaling(5))),
    ];

    /// <param name="env">Of the estimators.</param>
    /// <param name="fitCount">The number of pairs of a fit.</param>
    /// <param name="dimension">Of the embeddings.</param>
    internal static IReadOnlyList<SelectionCandidate> Create(IHostEnvironment env, int fitCount, int dimension)
    {
        var maps = CreateMaps(env, fitCount, dimension);
        return [.. maps, .. from map in maps
                            where _correctedMaps.Contains(map.Name)
                            from correction in _corrections
                            select map.With($"{map.Name} + {correction.Name}", correction.Options)];
    }

    private static IReadOnlyList<SelectionCandidate> CreateMaps(IHostEnvironment env, int fitCount, int dimension) =>
    [
        // Normalised embeddings as they are.
        new(Raw, columns => new CenterModalitiesEstimator(env, columns, new CenterModalitiesOptions { Strength = 0 })),
        new(Center, columns => new CenterModalitiesEstimator(env, columns, options: null)),
        new("center 0.5", columns => new CenterModalitiesEstimator(env, columns, new CenterModalitiesOptions { Strength = 0.5 })),
        new("shift 1", columns => new ShiftModalitiesEstimator(env, columns, options: null)),
        new("realign", columns => new RealignModalitiesEstimator(env, columns, options: null)),
        .. dimension <= NeutralizeDimensionsOptions.Default.Count
            ? Array.Empty<SelectionCandidate>()
            : [new("neutralize 8", columns => new NeutralizeDimensionsEstimator(env, columns, options: null))],
        new("standardize", columns => new StandardizeModalitiesEstimator(env, columns, options: null)),
        new("standardize 0.5", columns => new StandardizeModalitiesEstimator(env, columns, new StandardizeModalitiesOptions { Shrinkage = 0.5 })),
        .. _whitenings.Select(shrinkage => new SelectionCandidate(
            Format($"whiten {shrinkage}"),
            columns => new WhitenModalitiesEstimator(env, columns, new WhitenModalitiesOptions { Shrinkage = CovarianceShrinkage.Fixed(shrinkage) }))),
        .. from whitening in _alignmentWhitenings
           from shrinkage in _alignments
           select new SelectionCandidate(
               Format($"{(whitening is null ? "" : FormattableString.Invariant($"whiten {whitening} + "))}align {shrinkage}"),
               columns => new AlignModalitiesEstimator(env, columns, new AlignModalitiesOptions
               {
                   Shrinkage = shrinkage,
                   Whitening = whitening is { } amount ? CovarianceShrinkage.Fixed(amount) : null,
               })),

        // With fewer pairs it loses to all others, and takes the longest.
        .. fitCount < 2 * dimension
            ? []
            : _canonical.Select(shrinkage => new SelectionCandidate(
                Format($"cca {shrinkage}"),
                columns => new AlignModalitiesEstimator(env, columns, new AlignModalitiesOptions { Method = AlignmentMethod.Cca, Shrinkage = shrinkage }))),
    ];

    /// <summary>What is trained step by step, in many passes over the pairs.</summary>
    internal static IReadOnlyList<SelectionCandidate> CreateTrained(IHostEnvironment env) =>
    [
        new("i0t-async", columns => new TrainModalityNormalizationEstimator(env, columns, options: null)),
        new("i0t-async, InfoLOOB", columns => new TrainModalityNormalizationEstimator(env, columns, new TrainModalityNormalizationOptions
        {
            Loss = Loss.InfoLOOB(LogitScale.Fixed(30)),
            Epochs = 30,
            LearningRate = 1e-3,
            Statistics = NormalizationStatistics.Exact,
        })),
    ];

    private static SimilarityCorrectionOptions Standardize(HubnessCorrection hubness) => new() { Hubness = hubness };

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
