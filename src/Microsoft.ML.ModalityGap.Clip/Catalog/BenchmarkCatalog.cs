using Microsoft.ML.ModalityGap;

namespace Microsoft.ML;

/// <summary>Experiments on <c>mlContext.ModalityGap()</c>.</summary>
public static class BenchmarkCatalog
{
    /// <summary>
    /// Measures models on data sets before and behind corrections: retrieval, one gallery of both modalities, zero-shot classification, a linear probe, clustering, caption metrics and the gap itself. What a data set has decides which.
    /// </summary>
    /// <remarks>Embeddings and measurements are kept in <see cref="BenchmarkOptions.CacheFolder"/>: a run that was stopped goes on where it was, and only what has changed is made again. Readers and tasks are listed in docs/reproduce.md.</remarks>
    /// <param name="catalog">The catalog.</param>
    /// <param name="options">What is measured.</param>
    /// <param name="progress">Told how far it is; <see langword="null"/> for nobody.</param>
    /// <param name="cancellationToken">Stops it between two chunks of rows or two methods, by an <see cref="OperationCanceledException"/>.</param>
    /// <returns>All measurements, what was left out, and where they come from.</returns>
    /// <exception cref="ArgumentException">A method, task, reader or data set to fit on is unknown.</exception>
    /// <exception cref="DirectoryNotFoundException">A model folder or data set does not exist.</exception>
    /// <exception cref="FileNotFoundException">A model folder holds no encoder.</exception>
    /// <exception cref="InvalidDataException">A data set is not of its format, or nothing in it can be encoded.</exception>
    /// <example>
    /// <code>
    /// var result = mlContext.ModalityGap().Benchmark(new BenchmarkOptions
    /// {
    ///     Models = [new("ViT-B/32", "clip-vit-base-patch32")],
    ///     Data = [new("flickr8k", "flickr8k"), new("cifar100", "cifar-100-binary")],
    ///     CacheFolder = "results/cache",
    /// });
    /// result.Save("results");
    /// </code>
    /// </example>
    public static BenchmarkResult Benchmark(
        this ModalityGapCatalog catalog, BenchmarkOptions options, IProgress<BenchmarkProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(options);
        return new BenchmarkRunner(options, progress, cancellationToken).Run();
    }
}
