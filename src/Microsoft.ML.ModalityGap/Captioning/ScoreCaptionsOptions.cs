namespace Microsoft.ML.ModalityGap;

/// <summary>Options of <see cref="ScoreCaptionsEstimator"/> and of what measures caption scores.</summary>
public sealed record ScoreCaptionsOptions
{
    private readonly CaptionScoreKind? _kind;

    /// <summary>The defaults: CLIP-S, no references, no maps.</summary>
    public static ScoreCaptionsOptions Default { get; } = new();

    /// <summary>
    /// The scale. Unless set, <see cref="CaptionScoreKind.I0TS"/> where a map is given (or the columns are known to have come through maps) and <see cref="CaptionScoreKind.ClipS"/>
    /// where none is.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is no value of the enumeration.</exception>
    public CaptionScoreKind Kind
    {
        get => _kind ?? (ImageMap is null && TextMap is null ? CaptionScoreKind.ClipS : CaptionScoreKind.I0TS);
        init => _kind = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(Kind), value, "Unknown kind of score.");
    }

    /// <summary>The image modality's map; <see langword="null"/> (the default) for none, or where the column is mapped already. With both maps of I0T_post the score is I0T-S.</summary>
    public EmbeddingMap? ImageMap { get; init; }

    /// <summary>The text modality's map, for captions and references; <see langword="null"/> (the default) for none, or where the columns are mapped already.</summary>
    public EmbeddingMap? TextMap { get; init; }

    /// <summary>
    /// The embeddings of reference captions, of which the nearest counts: any number of columns, each with one embedding a row, or several behind each other (r·d
    /// values, r may vary by row). Default none. <see cref="CaptionScoreKind.TorchMetrics"/> has no reference score.
    /// </summary>
    /// <exception cref="ArgumentNullException">It is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">A name is empty.</exception>
    public IReadOnlyList<string> ReferenceColumnNames
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(ReferenceColumnNames));
            if (value.Any(string.IsNullOrEmpty))
                throw new ArgumentException("The name of a column is empty.", nameof(ReferenceColumnNames));
            field = [.. value];
        }
    } = [];

    /// <summary>The column of scores. Default <c>CaptionScore</c>.</summary>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public string ScoreColumnName
    {
        get;
        init => field = string.IsNullOrEmpty(value) ? throw new ArgumentException("The name of a column is empty.", nameof(ScoreColumnName)) : value;
    } = "CaptionScore";

    /// <summary>With references, the column of RefCLIP-S or RefI0T-S. Default <c>ReferenceScore</c>.</summary>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public string ReferenceScoreColumnName
    {
        get;
        init => field = string.IsNullOrEmpty(value) ? throw new ArgumentException("The name of a column is empty.", nameof(ReferenceScoreColumnName)) : value;
    } = "ReferenceScore";

    /// <summary>These with the scale settled: what is set, or what goes with the maps given and with those that the columns came through.</summary>
    internal ScoreCaptionsOptions Settle(CaptionColumns columns) =>
        this with { Kind = _kind is null && columns.CameThroughMaps ? CaptionScoreKind.I0TS : Kind };
}
