using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap;

namespace Microsoft.ML;

/// <summary>Zero-shot classification on <c>mlContext.Transforms</c>.</summary>
public static class ZeroShotCatalog
{
    /// <summary>Creates a <see cref="ClassifyZeroShotEstimator"/> whose prompts are encoded by anything.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="inputColumnName">The embeddings to classify.</param>
    /// <param name="classNames">The classes; at least two unless multi-label.</param>
    /// <param name="encoder">A delegate, or a pipeline (<see cref="ModalityGapCatalog.CreatePromptEncoder(IEstimator{ITransformer}, string, string)"/>).</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">There is no class, one alone, or an empty name; or options contradict each other.</exception>
    public static ClassifyZeroShotEstimator ClassifyZeroShot(
        this TransformsCatalog catalog, string inputColumnName, IReadOnlyList<string> classNames, PromptEncoder encoder, ClassifyZeroShotOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new ClassifyZeroShotEstimator(catalog.GetEnvironment(), inputColumnName, classNames, encoder, options);
    }

    /// <summary>Creates a <see cref="ClassifyZeroShotEstimator"/> of class embeddings at hand.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="inputColumnName">The embeddings to classify.</param>
    /// <param name="classes">The classes; at least two unless multi-label.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults. Its text map is applied to the classes.</param>
    /// <exception cref="ArgumentException">There is one class alone, or options contradict each other.</exception>
    public static ClassifyZeroShotEstimator ClassifyZeroShot(
        this TransformsCatalog catalog, string inputColumnName, ZeroShotClasses classes, ClassifyZeroShotOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(classes);
        return new ClassifyZeroShotEstimator(catalog.GetEnvironment(), inputColumnName, classes, options);
    }
}
