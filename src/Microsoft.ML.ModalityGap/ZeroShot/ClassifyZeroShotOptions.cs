namespace Microsoft.ML.ModalityGap;

/// <summary>Options of <see cref="ClassifyZeroShotEstimator"/>.</summary>
public sealed record ClassifyZeroShotOptions
{
    /// <summary>The defaults: one label a row, eight templates, logit scale 100, no maps.</summary>
    public static ClassifyZeroShotOptions Default { get; } = new();

    /// <summary>The sentences that classes are encoded in. Default <see cref="PromptTemplates.Compact"/>. Plays no part where class embeddings are given.</summary>
    /// <exception cref="ArgumentNullException">It is <see langword="null"/>.</exception>
    public PromptTemplates Templates
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Templates));
    } = PromptTemplates.Compact;

    /// <summary>Whether a row has one class or any number of them. Default <see cref="ZeroShotMode.SingleLabel"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is no value of the enumeration.</exception>
    public ZeroShotMode Mode
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(Mode), value, "Unknown mode.");
    }

    /// <summary>
    /// s, by which cosines are multiplied before the softmax or the sigmoid. Default 100, CLIP's; positive and finite. After closing the gap cosines spread
    /// wider, so fit it anew: <see cref="ModalityGapCatalog.CalibrateTemperature"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive and finite.</exception>
    public float LogitScale
    {
        get;
        init => field = CheckLogitScale(value, nameof(LogitScale));
    } = 100f;

    /// <summary>
    /// Multi-label: the cosine from which on a row has a class; one for all classes, or one for each in their order. There is no default, because it
    /// depends on the model: see <see cref="ModalityGapCatalog.ChooseThresholds"/>. A model trained with a sigmoid of s·cos + b (SigLIP) has −b/s.
    /// </summary>
    /// <exception cref="ArgumentNullException">It is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A threshold is not finite.</exception>
    public IReadOnlyList<float> Thresholds
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(Thresholds));
            if (value.Any(threshold => !float.IsFinite(threshold)))
                throw new ArgumentOutOfRangeException(nameof(Thresholds), "Thresholds are finite numbers.");
            field = [.. value];
        }
    } = [];

    /// <summary>The map of the input's modality, applied before comparing. Default <see langword="null"/>: none, or the pipeline has applied it before.</summary>
    public EmbeddingMap? ImageMap { get; init; }

    /// <summary>The text modality's map, applied to the class embeddings. Default <see langword="null"/>: none, or the text encoder's pipeline holds it.</summary>
    public EmbeddingMap? TextMap { get; init; }

    /// <summary>
    /// Single label: puts rows that the classifier is sure of, found without labels in the data it is fitted on, beside the texts (TFUP). What <see cref="SimilarityColumnName"/> and the scores then are
    /// is described there. Default <see langword="null"/>: texts alone, and the data is not looked at.
    /// </summary>
    public ZeroShotCacheOptions? Cache { get; init; }

    /// <summary>How many classes <see cref="TopLabelsColumnName"/> names. Default 5; at least 1; of fewer classes, all.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public int TopCount
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(TopCount), value, "At least one is needed.");
    } = 5;

    /// <summary>
    /// The column of true classes, where the data has one: text, or a key with text as key values; of several labels a vector of texts, or one of Boolean or Single
    /// with a slot per class. It is turned in place into what evaluators compare with the prediction: a key over the classes in their order; in
    /// multi-label mode a vector of Boolean. Default <c>Label</c>; <see langword="null"/> to leave it alone. A value that is none of the classes is an error.
    /// </summary>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public string? LabelColumnName
    {
        get;
        init => field = CheckName(value, nameof(LabelColumnName));
    } = "Label";

    /// <summary>The column of the predicted class. Default <c>PredictedLabel</c>.</summary>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public string PredictedLabelColumnName
    {
        get;
        init => field = CheckName(value ?? "", nameof(PredictedLabelColumnName))!;
    } = "PredictedLabel";

    /// <summary>The column of all classes' probabilities. Default <c>Score</c>.</summary>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public string ScoreColumnName
    {
        get;
        init => field = CheckName(value ?? "", nameof(ScoreColumnName))!;
    } = "Score";

    /// <summary>Single label: the column of the predicted class's probability. Default <c>Probability</c>; <see langword="null"/> for none.</summary>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public string? ProbabilityColumnName
    {
        get;
        init => field = CheckName(value, nameof(ProbabilityColumnName));
    } = "Probability";

    /// <summary>The column of all classes' cosines. Default <c>Similarity</c>; <see langword="null"/> for none.</summary>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public string? SimilarityColumnName
    {
        get;
        init => field = CheckName(value, nameof(SimilarityColumnName));
    } = "Similarity";

    /// <summary>The column of the likeliest classes' names. Default <c>TopLabels</c>; <see langword="null"/> for none.</summary>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public string? TopLabelsColumnName
    {
        get;
        init => field = CheckName(value, nameof(TopLabelsColumnName));
    } = "TopLabels";

    /// <summary>The column of their probabilities. Default <c>TopScores</c>; <see langword="null"/> for none.</summary>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public string? TopScoresColumnName
    {
        get;
        init => field = CheckName(value, nameof(TopScoresColumnName));
    } = "TopScores";

    internal static float CheckLogitScale(float value, string parameterName) => value > 0 && float.IsFinite(value)
        ? value
        : throw new ArgumentOutOfRangeException(parameterName, value, "A logit scale is positive and finite; CLIP's is 100.");

    private static string? CheckName(string? name, string parameterName) =>
        name is "" ? throw new ArgumentException("The name of a column is empty.", parameterName) : name;
}
