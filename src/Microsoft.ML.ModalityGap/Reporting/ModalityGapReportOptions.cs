namespace Microsoft.ML.ModalityGap;

/// <summary>Options of <see cref="ModalityGapCatalog.CreateReport(IDataView, string, string, ITransformer?, ModalityGapReportOptions?)"/>.</summary>
public sealed record ModalityGapReportOptions
{
    /// <summary>The defaults.</summary>
    public static ModalityGapReportOptions Default { get; } = new();

    /// <summary>The report's title. <see langword="null"/>, the default, for one made of the modalities' names.</summary>
    public string? Title { get; init; }

    /// <summary>What was measured, in words or as the name of a file, for the part on provenance. <see langword="null"/>, the default, says nothing of it.</summary>
    public string? DataDescription { get; init; }

    /// <summary>What to do with pairs of which a row cannot be used. Default <see cref="UnusableRows.Throw"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is no value of the enumeration.</exception>
    public UnusableRows UnusableRows
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(UnusableRows), value, "Unknown row policy.");
    }

    /// <summary>Seeds what is drawn by lot: the points and lines shown, and the rows of which separability is measured. Default 0.</summary>
    public int Seed { get; init; }

    /// <summary>How many pairs to show as points at the most; of more, so many are drawn by lot. Default 2,000; at least 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public int PointCount
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(PointCount), value, "At least one pair is to be shown.");
    } = 2_000;

    /// <summary>How many of the pairs shown to join by lines. Default 100; not negative.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public int PairLineCount
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(PairLineCount), value, "The number cannot be negative.");
    } = 100;

    /// <summary>
    /// A comparison of methods to show, of <see cref="ModalityGapCatalog.Select(IDataView, string, string, SelectionOptions?)"/> on other rows than those reported on. <see langword="null"/>, the default, for none.
    /// </summary>
    public SelectionResult? Selection { get; init; }

    /// <summary>
    /// How many pairs a method needs, to show: of <see cref="ModalityGapCatalog.ComputeLearningCurve"/>. <see langword="null"/>, the default, for none.
    /// </summary>
    public LearningCurve? LearningCurve { get; init; }

    /// <summary>
    /// Galleries in which what is relevant lies in both modalities, to show: each of <see cref="ModalityGapCatalog.EvaluateTwoSidedRetrieval"/> on the same items, such as before the map, after it and by corrected scores, the best
    /// last. Empty, the default, for none.
    /// </summary>
    /// <exception cref="ArgumentException">A name is given twice, or the galleries are not of the same modalities.</exception>
    public IReadOnlyList<ReportedGallery> TwoSided
    {
        get;
        init => field = value is not null
            && value.Select(gallery => gallery.Name).Distinct(StringComparer.Ordinal).Count() == value.Count
            && value.Select(gallery => string.Join('\n', gallery.Metrics.Modalities.Select(modality => modality.Modality))).Distinct(StringComparer.Ordinal).Count() <= 1
            && value.All(gallery => gallery.Metrics.Modalities.Count == 2)
            ? [.. value]
            : throw new ArgumentException("Give galleries of the same two modalities, each with a name of its own.", nameof(TwoSided));
    } = [];

    /// <summary>The time to state as that of the report. <see langword="null"/>, the default, for the present; a fixed one makes the same data yield the same file.</summary>
    public DateTimeOffset? CreatedAt { get; init; }
}
