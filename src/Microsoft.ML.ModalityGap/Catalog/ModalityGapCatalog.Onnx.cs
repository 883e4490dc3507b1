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
    /// Puts a zero-shot classifier behind an encoder's output, so that one model classifies: <c>score</c>, <c>similarity</c> and <c>label</c> beside the
    /// encoder's own outputs, as <see cref="SaveAsOnnx(ClassifyZeroShotTransformer, string, OnnxExportOptions)"/> says.
    /// </summary>
    /// <param name="encoderPath">The encoder: an ONNX model with an output of float32 or float16 (batch, d). It is not changed.</param>
    /// <param name="classifier">The classifier; its image map goes with it. One that has none takes an encoder with the map baked in, too.</param>
    /// <param name="outputPath">The file to write; one that exists is replaced. It appears when it is complete.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">The output would replace the encoder, or the name of an output is taken.</exception>
    /// <exception cref="FileNotFoundException">There is no such encoder, or a file with its weights is missing.</exception>
    /// <exception cref="InvalidDataException">As of the other overloads.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void AppendToOnnx(string encoderPath, ClassifyZeroShotTransformer classifier, string outputPath, OnnxBakingOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(encoderPath);
        ArgumentNullException.ThrowIfNull(classifier);
        ArgumentException.ThrowIfNullOrEmpty(outputPath);
        AppendToOnnx(encoderPath, new OnnxClassifier(classifier), outputPath, options);
    }

    /// <summary>
    /// Puts a map behind an encoder's output and writes both as one ONNX model, so that whatever runs it gets mapped embeddings.
    /// </summary>
    /// <param name="encoderPath">The encoder: an ONNX model with an output of float32 or float16 (batch, d). It is not changed.</param>
    /// <param name="map">The map for its embeddings.</param>
    /// <param name="outputPath">The file to write; one that exists is replaced. It appears when it is complete.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <remarks>
    /// <para>The encoder's graph, opset and weights stay as they are; the map is appended in that opset, in float32. Weights in files of their own are shared
    /// with a model written beside the encoder, and copied to another folder as <c>NAME.onnx_data</c>.</para>
    /// <para>A model with both towers takes two maps in two calls, each with its <see cref="OnnxBakingOptions.OutputName"/>; what such a model computes
    /// of both embeddings (logits) is still made of the unmapped ones.</para>
    /// <para>Where the native ONNX Runtime is there, the result is opened once before it is written.</para>
    /// </remarks>
    /// <exception cref="ArgumentException">The output would replace the encoder, or the name given to the mapped output is taken.</exception>
    /// <exception cref="FileNotFoundException">There is no such encoder, or a file with its weights is missing.</exception>
    /// <exception cref="InvalidDataException">
    /// The encoder is no ONNX model, too old (opset below 9), has no fitting output, or several; its dimension is not the map's; it has a map behind that
    /// output already; or ONNX Runtime cannot load the result.
    /// </exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void AppendToOnnx(string encoderPath, EmbeddingMap map, string outputPath, OnnxBakingOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(encoderPath);
        ArgumentNullException.ThrowIfNull(map);
        ArgumentException.ThrowIfNullOrEmpty(outputPath);
        AppendToOnnx(encoderPath, OnnxMap.Create(map), outputPath, options);
    }

    /// <summary>Puts the map of one modality of a transformer behind an encoder's output; see <see cref="AppendToOnnx(string, EmbeddingMap, string, OnnxBakingOptions)"/>.</summary>
    /// <param name="encoderPath">The encoder: an ONNX model with an output of float32 or float16 (batch, d). It is not changed.</param>
    /// <param name="transformer">The transformer; its <see cref="EmbeddingMapTransformer.Fingerprint"/> goes into the model's metadata.</param>
    /// <param name="modality">The modality: the input column's name in wide data, the value of the modality column in long data.</param>
    /// <param name="outputPath">The file to write; one that exists is replaced. It appears when it is complete.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">There is no such modality, the output would replace the encoder, or the name given to the mapped output is taken.</exception>
    /// <exception cref="FileNotFoundException">There is no such encoder, or a file with its weights is missing.</exception>
    /// <exception cref="InvalidDataException">As of the other overload.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void AppendToOnnx(string encoderPath, EmbeddingMapTransformer transformer, string modality, string outputPath, OnnxBakingOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(encoderPath);
        ArgumentNullException.ThrowIfNull(transformer);
        ArgumentException.ThrowIfNullOrEmpty(outputPath);
        AppendToOnnx(encoderPath, OnnxMap.Create(transformer, modality), outputPath, options);
    }

    internal void AppendToOnnx(string encoderPath, OnnxHead head, string outputPath, OnnxBakingOptions? options)
    {
        OnnxBaking.Append(encoderPath, head, outputPath, options ?? OnnxBakingOptions.Default);
        Log($"'{outputPath}' was written: '{encoderPath}' with {head.What} behind it.");
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

    private void Log(string message)
    {
        using var channel = _host.Start("ONNX");
        channel.Info(MessageSensitivity.None, message);
    }
}
