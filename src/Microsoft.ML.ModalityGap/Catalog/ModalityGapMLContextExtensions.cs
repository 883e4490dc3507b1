using Microsoft.ML.ModalityGap;

namespace Microsoft.ML;

/// <summary>The entry point of this library on <see cref="MLContext"/>.</summary>
public static class ModalityGapMLContextExtensions
{
    /// <summary>What Microsoft.ML.ModalityGap does beside transforms: evaluate, compute statistics, load and save .npy files.</summary>
    /// <param name="mlContext">The context; its log and seed are used.</param>
    public static ModalityGapCatalog ModalityGap(this MLContext mlContext)
    {
        ArgumentNullException.ThrowIfNull(mlContext);
        return new ModalityGapCatalog(mlContext);
    }
}
