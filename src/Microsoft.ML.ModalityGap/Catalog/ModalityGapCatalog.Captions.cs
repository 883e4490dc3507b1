namespace Microsoft.ML.ModalityGap;

public sealed partial class ModalityGapCatalog
{
    /// <summary>Scores the captions of a corpus in one pass: the mean of CLIP-S, I0T-S, RefCLIP-S or torchmetrics' CLIPScore, with its spread.</summary>
    /// <param name="data">The data: row i of all columns belongs together.</param>
    /// <param name="imageColumnName">The embeddings of the images.</param>
    /// <param name="textColumnName">The embeddings of the captions.</param>
    /// <param name="options">Scale, maps and references; <see langword="null"/> for the defaults. Names of output columns play no part.</param>
    /// <param name="unusableRows">What to do with rows without a direction, or without a reference where some are asked for.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidDataException">A row cannot be used and <paramref name="unusableRows"/> is to throw, or none can.</exception>
    public CaptionScoreSummary EvaluateCaptions(
        IDataView data, string imageColumnName, string textColumnName, ScoreCaptionsOptions? options = null, UnusableRows unusableRows = UnusableRows.Throw)
    {
        CheckPair(data, imageColumnName, textColumnName);
        return CaptionEvaluator.Evaluate(_host, data, imageColumnName, textColumnName, options ?? ScoreCaptionsOptions.Default, unusableRows);
    }

    /// <summary>
    /// The control without prompts: how high images score with other images, and texts with other texts, against the pairs that belong together. Run it raw and with the maps
    /// of a closed gap: CLIP-S prefers strangers of its own modality to partners of the other, I0T-S does not.
    /// </summary>
    /// <param name="data">The data: row i of both columns is a pair. All pairs are compared with all pairs, so take some thousands.</param>
    /// <param name="imageColumnName">The embeddings of one modality.</param>
    /// <param name="textColumnName">Those of the other.</param>
    /// <param name="options">Scale and maps; <see langword="null"/> for the defaults.</param>
    /// <param name="unusableRows">What to do with pairs of which a row cannot be used.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidDataException">The dimensions differ, a row cannot be used and <paramref name="unusableRows"/> is to throw, or there are fewer than 2 usable
    /// pairs.</exception>
    public PromptFreeControl EvaluatePromptFreeControl(
        IDataView data, string imageColumnName, string textColumnName, ScoreCaptionsOptions? options = null, UnusableRows unusableRows = UnusableRows.Throw)
    {
        CheckPair(data, imageColumnName, textColumnName);
        return PromptFreeControlEvaluator.Evaluate(_host, data, imageColumnName, textColumnName, options ?? ScoreCaptionsOptions.Default, unusableRows);
    }

    /// <summary>Takes the cosine of one image and one text apart: into what any pair would score, and what is owed to these two.</summary>
    /// <param name="image">The image's embedding; need not be normalised.</param>
    /// <param name="text">The text's.</param>
    /// <param name="imageStatistics">The image modality's statistics, of normalised rows: of <see cref="ComputeStatistics"/>, or of a fitted map (<see cref="ModalityMap.Statistics"/>).</param>
    /// <param name="textStatistics">The text modality's.</param>
    /// <param name="dimensionCount">How many dimensions to name.</param>
    /// <exception cref="ArgumentException">An embedding has another dimension than the statistics or no direction, or the statistics do not fit.</exception>
    public static ScoreExplanation ExplainScore(
        ReadOnlySpan<float> image, ReadOnlySpan<float> text, ModalityStatistics imageStatistics, ModalityStatistics textStatistics, int dimensionCount = 10)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(dimensionCount);
        var explainer = new ScoreExplainer(imageStatistics, textStatistics);
        CheckEmbedding(image, explainer.Dimension, nameof(image));
        CheckEmbedding(text, explainer.Dimension, nameof(text));
        explainer.Add(image, text);
        return explainer.Explain(dimensionCount);
    }

    /// <summary>Takes the cosines of the pairs of a corpus apart, and gives the means of the parts.</summary>
    /// <param name="data">The data: row i of both columns is a pair, whether it belongs together or not.</param>
    /// <param name="imageColumnName">The embeddings of the images.</param>
    /// <param name="textColumnName">The embeddings of the texts.</param>
    /// <param name="imageStatistics">The image modality's statistics, of normalised rows; <see langword="null"/> for those of the data itself.</param>
    /// <param name="textStatistics">The text modality's; likewise.</param>
    /// <param name="dimensionCount">How many dimensions to name.</param>
    /// <param name="unusableRows">What to do with pairs of which a row cannot be used.</param>
    /// <exception cref="ArgumentException">The statistics do not fit each other or the data.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidDataException">The dimensions differ, a row cannot be used and <paramref name="unusableRows"/> is to throw, or there are fewer than 2 usable pairs.</exception>
    public ScoreExplanation ExplainScores(
        IDataView data,
        string imageColumnName,
        string textColumnName,
        ModalityStatistics? imageStatistics = null,
        ModalityStatistics? textStatistics = null,
        int dimensionCount = 10,
        UnusableRows unusableRows = UnusableRows.Throw)
    {
        CheckPair(data, imageColumnName, textColumnName);
        ArgumentOutOfRangeException.ThrowIfNegative(dimensionCount);
        var pairs = EmbeddingPairs.Load(_host, data, imageColumnName, textColumnName, unusableRows);
        var explainer = new ScoreExplainer(
            imageStatistics ?? ModalityStatistics.FromRows(pairs.First, pairs.Dimension), textStatistics ?? ModalityStatistics.FromRows(pairs.Second, pairs.Dimension));
        if (explainer.Dimension != pairs.Dimension)
            throw new ArgumentException($"The data has {pairs.Dimension} dimensions, but the statistics {explainer.Dimension}.", nameof(imageStatistics));
        for (var i = 0; i < pairs.Count; i++)
            explainer.Add(pairs.GetFirst(i), pairs.GetSecond(i));
        return explainer.Explain(dimensionCount);
    }

    private static void CheckPair(IDataView data, string imageColumnName, string textColumnName)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentException.ThrowIfNullOrEmpty(imageColumnName);
        ArgumentException.ThrowIfNullOrEmpty(textColumnName);
    }

    private static void CheckEmbedding(ReadOnlySpan<float> embedding, int dimension, string name)
    {
        var defect = embedding.Length == dimension ? RowDefects.Find(embedding, zeroNormIsDefect: true) : RowDefect.WrongLength;
        if (defect != RowDefect.None)
            throw new ArgumentException($"The {name}'s embedding cannot be used: it holds {RowDefects.Describe(defect, embedding, dimension)}.", name);
    }
}
