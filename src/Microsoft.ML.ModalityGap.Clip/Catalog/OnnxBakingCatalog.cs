using Microsoft.ML.ModalityGap;

namespace Microsoft.ML;

/// <summary>Maps, classifiers and searches behind encoders, in one ONNX model, on <c>mlContext.ModalityGap()</c>.</summary>
public static class OnnxBakingCatalog
{
    /// <summary>
    /// Puts a zero-shot classifier behind an encoder's output, so that one model classifies: <c>score</c>, <c>similarity</c> and <c>label</c> beside the
    /// encoder's own outputs, as <see cref="ModalityGapCatalog.SaveAsOnnx(ClassifyZeroShotTransformer, string, OnnxExportOptions)"/> says.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="encoderPath">The encoder: an ONNX model with an output of float32 or float16 (batch, d). It is not changed.</param>
    /// <param name="classifier">The classifier; its image map goes with it. One that has none takes an encoder with the map baked in, too.</param>
    /// <param name="outputPath">The file to write; one that exists is replaced. It appears when it is complete.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">The output would replace the encoder, or the name of an output is taken.</exception>
    /// <exception cref="FileNotFoundException">There is no such encoder, or a file with its weights is missing.</exception>
    /// <exception cref="InvalidDataException">As of the other overloads.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void AppendToOnnx(this ModalityGapCatalog catalog, string encoderPath, ClassifyZeroShotTransformer classifier, string outputPath, OnnxBakingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrEmpty(encoderPath);
        ArgumentNullException.ThrowIfNull(classifier);
        ArgumentException.ThrowIfNullOrEmpty(outputPath);
        AppendToOnnx(catalog, encoderPath, new OnnxClassifier(classifier), outputPath, options);
    }

    /// <summary>
    /// Puts an exact search behind an encoder's output, so that one model finds: <c>score</c> and <c>position</c> beside the encoder's own outputs, as
    /// <see cref="ModalityGapCatalog.SaveAsOnnx(EmbeddingIndex, int, string, EmbeddingMap?, OnnxExportOptions)"/> says.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="encoderPath">The encoder of queries: an ONNX model with an output of float32 or float16 (batch, d). It is not changed.</param>
    /// <param name="index">The rows, as they are held, of all modalities; its metric is the cosine or the dot product.</param>
    /// <param name="k">How many rows to find; all, where there are fewer.</param>
    /// <param name="outputPath">The file to write; one that exists is replaced. It appears when it is complete.</param>
    /// <param name="queryMap">What the encoder's embeddings go through first; <see langword="null"/> where the encoder has the map baked in, or there is none.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">
    /// The output would replace the encoder, the name of an output is taken, or the index is one that cannot be written as ONNX.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is not positive.</exception>
    /// <exception cref="FileNotFoundException">There is no such encoder, or a file with its weights is missing.</exception>
    /// <exception cref="InvalidDataException">As of the other overloads; or the model would have more than 2 GB.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void AppendToOnnx(
        this ModalityGapCatalog catalog, string encoderPath, EmbeddingIndex index, int k, string outputPath, EmbeddingMap? queryMap = null, OnnxBakingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrEmpty(encoderPath);
        ArgumentNullException.ThrowIfNull(index);
        ArgumentException.ThrowIfNullOrEmpty(outputPath);
        AppendToOnnx(catalog, encoderPath, new OnnxSearch(index, queryMap, k), outputPath, options);
    }

    /// <summary>
    /// Puts a map behind an encoder's output and writes both as one ONNX model, so that whatever runs it gets mapped embeddings.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
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
    public static void AppendToOnnx(this ModalityGapCatalog catalog, string encoderPath, EmbeddingMap map, string outputPath, OnnxBakingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrEmpty(encoderPath);
        ArgumentNullException.ThrowIfNull(map);
        ArgumentException.ThrowIfNullOrEmpty(outputPath);
        AppendToOnnx(catalog, encoderPath, OnnxMap.Create(map), outputPath, options);
    }

    /// <summary>Puts the map of one modality of a transformer behind an encoder's output; see <see cref="AppendToOnnx(ModalityGapCatalog, string, EmbeddingMap, string, OnnxBakingOptions)"/>.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="encoderPath">The encoder: an ONNX model with an output of float32 or float16 (batch, d). It is not changed.</param>
    /// <param name="transformer">The transformer; its <see cref="EmbeddingMapTransformer.Fingerprint"/> goes into the model's metadata.</param>
    /// <param name="modality">The modality: the input column's name in wide data, the value of the modality column in long data.</param>
    /// <param name="outputPath">The file to write; one that exists is replaced. It appears when it is complete.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">There is no such modality, the output would replace the encoder, or the name given to the mapped output is taken.</exception>
    /// <exception cref="FileNotFoundException">There is no such encoder, or a file with its weights is missing.</exception>
    /// <exception cref="InvalidDataException">As of the other overload.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void AppendToOnnx(this ModalityGapCatalog catalog, string encoderPath, EmbeddingMapTransformer transformer, string modality, string outputPath, OnnxBakingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrEmpty(encoderPath);
        ArgumentNullException.ThrowIfNull(transformer);
        ArgumentException.ThrowIfNullOrEmpty(outputPath);
        AppendToOnnx(catalog, encoderPath, OnnxMap.Create(transformer, modality), outputPath, options);
    }

    internal static void AppendToOnnx(ModalityGapCatalog catalog, string encoderPath, OnnxHead head, string outputPath, OnnxBakingOptions? options)
    {
        OnnxBaking.Append(encoderPath, head, outputPath, options ?? OnnxBakingOptions.Default);
        catalog.Log($"'{outputPath}' was written: '{encoderPath}' with {head.What} behind it.");
    }
}
