using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

public sealed partial class ModalityGapCatalog
{
    /// <summary>
    /// Writes a map as an ONNX model: one input of float32 (batch, <see cref="EmbeddingMap.InputDimension"/>), one output of float32 (batch,
    /// <see cref="EmbeddingMap.OutputDimension"/>), any number of rows. The file appears when it is complete.
    /// </summary>
    /// <param name="map">The map.</param>
    /// <param name="path">The file; one that exists is replaced.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <remarks>
    /// The graph means what <see cref="EmbeddingMap.Apply(ReadOnlySpan{float})"/> does: a zero row stays zero under normalisation, a row with NaN or
    /// infinity becomes NaN. The model's metadata name its fingerprint, which <see cref="ReadOnnxFingerprints"/> reads.
    /// </remarks>
    /// <exception cref="ArgumentException">The options give input and output the same name.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SaveAsOnnx(EmbeddingMap map, string path, OnnxExportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(map);
        SaveHeadAsOnnx(OnnxMap.Create(map), path, options);
    }

    /// <summary>Writes the map of one modality of a transformer as an ONNX model with one input and one output.</summary>
    /// <param name="transformer">The transformer.</param>
    /// <param name="modality">The modality: the input column's name in wide data, the value of the modality column in long data.</param>
    /// <param name="path">The file; one that exists is replaced.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">There is no such modality, or the options give input and output the same name.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SaveAsOnnx(EmbeddingMapTransformer transformer, string modality, string path, OnnxExportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(transformer);
        SaveHeadAsOnnx(OnnxMap.Create(transformer, modality), path, options);
    }

    /// <summary>
    /// Writes a transformer with a modality per column as one ONNX model: an input per column, named like it, and an output, named like the output column,
    /// or, where a column is changed in place, like the column and <c>.output</c>.
    /// </summary>
    /// <param name="transformer">The transformer.</param>
    /// <param name="path">The file; one that exists is replaced.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">The transformer has a modality per row; a graph cannot choose by a text, so write one per modality.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SaveAsOnnx(EmbeddingMapTransformer transformer, string path, OnnxExportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(transformer);
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (transformer.Columns.ModalityColumnName is { } column)
        {
            throw new ArgumentException(
                $"The column '{column}' says which modality a row has, and an ONNX graph has one map. Write a model per modality: SaveAsOnnx(transformer, modality, path).", nameof(transformer));
        }

        WriteOnnx(path, OnnxExport.GetColumns(transformer), options ?? OnnxExportOptions.Default);
    }

    /// <summary>
    /// Writes a zero-shot classifier as an ONNX model: from an embedding, <c>embedding</c> (batch, d), to <c>score</c> and <c>similarity</c> (batch, classes) and
    /// <c>label</c> (batch), the likeliest class's number as int64. Multi-label classifiers have no <c>label</c>.
    /// </summary>
    /// <param name="classifier">The classifier; its image map is written with it.</param>
    /// <param name="path">The file; one that exists is replaced.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <remarks>
    /// The metadata name the classes in their order (<c>modality_gap.classes.score</c>, a JSON array). A row without a direction (zero, NaN, infinity) has NaN
    /// scores and the label −1.
    /// </remarks>
    /// <exception cref="ArgumentException">The options give two of input and outputs the same name.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SaveAsOnnx(ClassifyZeroShotTransformer classifier, string path, OnnxExportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        SaveHeadAsOnnx(new OnnxClassifier(classifier), path, options);
    }

    /// <summary>
    /// Writes an exact search as an ONNX model: from queries, <c>embedding</c> (batch, d), to the k best rows of each, <c>score</c> (batch, k), best first, and <c>position</c> (batch, k), their places as int64 in the list of
    /// ids that the metadata hold (<c>modality_gap.ids.score</c>, a JSON array). It runs where ONNX runs: on a GPU, in a browser.
    /// </summary>
    /// <param name="index">The rows, as they are held, of all modalities; its metric is the cosine or the dot product.</param>
    /// <param name="k">How many rows to find; all, where there are fewer.</param>
    /// <param name="path">The file; one that exists is replaced.</param>
    /// <param name="queryMap">What queries go through first; <see langword="null"/> for queries that are mapped already.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <remarks>
    /// Scores are those of <see cref="EmbeddingIndex.Search(ReadOnlySpan{float}, int, SearchOptions?)"/> within the rounding of another order of sums, about 1e-6 of unit vectors, so that rows as near as that may change
    /// places; of equal scores the row that was added first comes first. A query without a direction (zero under cosine, NaN, infinity) has NaN scores and positions −1. Correction of scores goes into the vectors
    /// (<see cref="EmbeddingMapTransformer.PrepareGallery"/>, <see cref="EmbeddingMapTransformer.PrepareQueries"/>).
    /// </remarks>
    /// <exception cref="ArgumentException">
    /// The index is empty, has a correction, ranks by the signal-to-noise ratio or takes more than 2 GB as float32; the map leads to another number of dimensions; or two of input and outputs have the same name.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is not positive.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SaveAsOnnx(EmbeddingIndex index, int k, string path, EmbeddingMap? queryMap = null, OnnxExportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(index);
        SaveHeadAsOnnx(new OnnxSearch(index, queryMap, k), path, options);
    }

    /// <summary>The fingerprints of the maps in an ONNX model that this library wrote.</summary>
    /// <param name="path">The model.</param>
    /// <returns>
    /// Per output that a map stands behind, the <see cref="EmbeddingMapTransformer.Fingerprint"/> of the transformer it was taken from (of a map alone, that of
    /// a transformer with only this map): vectors of equal fingerprints may be compared. Empty for models without maps.
    /// </returns>
    /// <exception cref="FileNotFoundException">There is no such model.</exception>
    /// <exception cref="InvalidDataException">The file is no ONNX model.</exception>
    public IReadOnlyDictionary<string, string> ReadOnnxFingerprints(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var fingerprints = OnnxMetadata.ReadFingerprints(OnnxModelFile.Read(path).Bytes.Span);
        Log($"'{path}' has {fingerprints.Count} outputs with a map.");
        return fingerprints;
    }

    internal void SaveHeadAsOnnx(OnnxHead head, string path, OnnxExportOptions? options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= OnnxExportOptions.Default;
        WriteOnnx(path, [(options.InputName, options.OutputName ?? head.OutputName ?? "mapped", head)], options);
    }

    internal void WriteOnnx(string path, IReadOnlyList<(string Input, string Output, OnnxHead Head)> entries, OnnxExportOptions options)
    {
        AtomicFile.Write(path, OnnxExport.Build(entries, options.OpsetVersion).WriteTo);
        Log($"'{path}' was written with opset {options.OpsetVersion}: {string.Join("; ", entries.Select(entry => $"'{entry.Output}' {entry.Head.What}"))}.");
    }

    internal void Log(string message)
    {
        using var channel = _host.Start("ONNX");
        channel.Info(MessageSensitivity.None, message);
    }
}
