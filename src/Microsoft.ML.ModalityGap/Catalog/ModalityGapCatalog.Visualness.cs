namespace Microsoft.ML.ModalityGap;

public sealed partial class ModalityGapCatalog
{
    /// <summary>
    /// Says how picturable texts are: v(c) = mean of the k largest cosines of c with a bank of images − mean of all of them. "A red ball on grass" has images that are far nearer than images at
    /// large, "the meeting was postponed" has none.
    /// </summary>
    /// <remarks>
    /// <para>Helps to choose which sentences of a long text to search pictures for, and to leave captions out that describe nothing. The bank should hold images of all that texts may speak of: to a
    /// bank without ships no ship is picturable.</para>
    /// <para>Without training. Source of the task, and of a trained scorer (1 − cos with one image that stands for nothing): Verma et al., Learning the Visualness of Text Using Large Vision-Language
    /// Models, EMNLP 2023 (arXiv 2305.10434).</para>
    /// </remarks>
    /// <param name="texts">The texts' embeddings.</param>
    /// <param name="textColumnName">Their column.</param>
    /// <param name="images">The bank: embeddings of images, some hundred or more.</param>
    /// <param name="imageColumnName">Their column.</param>
    /// <param name="options">Neighbours and maps; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidDataException">The dimensions differ, the columns came through different maps, a row cannot be used and <see cref="UnusableRows.Throw"/> is set, or none can.</exception>
    public VisualnessScores ScoreVisualness(IDataView texts, string textColumnName, IDataView images, string imageColumnName, VisualnessOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentException.ThrowIfNullOrEmpty(textColumnName);
        ArgumentNullException.ThrowIfNull(images);
        ArgumentException.ThrowIfNullOrEmpty(imageColumnName);
        return VisualnessEvaluator.Score(_host, texts, textColumnName, images, imageColumnName, options ?? VisualnessOptions.Default);
    }
}
