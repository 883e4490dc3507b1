using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap;

namespace Microsoft.ML;

/// <summary>The batched ONNX encoder on <c>mlContext.Transforms</c>.</summary>
public static class OnnxEncoderCatalog
{
    /// <summary>Creates an <see cref="EncodeWithOnnxEstimator"/>, which encodes rows with an ONNX model, many at a time.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="outputColumnName">The column of the embeddings.</param>
    /// <param name="modelPath">The ONNX model.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults: each input of the model is fed from the column of its name.</param>
    /// <exception cref="FileNotFoundException">There is no such model.</exception>
    /// <example>
    /// <code>
    /// var pipeline = mlContext.Transforms.EncodeWithOnnx("Text", "text_model.onnx"); // from columns 'input_ids' and 'attention_mask'
    /// </code>
    /// </example>
    public static EncodeWithOnnxEstimator EncodeWithOnnx(
        this TransformsCatalog catalog, string outputColumnName, string modelPath, EncodeWithOnnxOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new EncodeWithOnnxEstimator(catalog.GetEnvironment(), outputColumnName, modelPath, options);
    }
}
