using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap;

namespace Microsoft.ML;

/// <summary>The transforms of texts for CLIP-like models on <c>mlContext.Transforms</c>.</summary>
public static class ClipTextCatalog
{
    /// <summary>
    /// Creates a <see cref="TokenizeClipTextEstimator"/>, which writes the token ids and the attention mask of a text column: <c>input_ids</c> and
    /// <c>attention_mask</c> unless the options name them otherwise.
    /// </summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="tokenizer">The tokenizer, which knows the vocabulary, the context length and the padding.</param>
    /// <param name="inputColumnName">The column of texts.</param>
    /// <param name="options">The output columns; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">A name is empty, or two output columns have the same.</exception>
    /// <example>
    /// <code>
    /// var tokenizer = ClipTokenizer.FromFolder("clip-vit-base-patch32");
    /// var pipeline = mlContext.Transforms.TokenizeClipText(tokenizer, "Caption");
    /// </code>
    /// </example>
    public static TokenizeClipTextEstimator TokenizeClipText(
        this TransformsCatalog catalog, ClipTokenizer tokenizer, string inputColumnName, TokenizeClipTextOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new TokenizeClipTextEstimator(catalog.GetEnvironment(), tokenizer, inputColumnName, options);
    }
}
