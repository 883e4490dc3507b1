using System.CommandLine;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Matryoshka's cut.</summary>
internal sealed class TruncateMethod(SharedOptions shared) : FitMethod
{
    internal override string Name => "truncate";

    internal override string Description => "keep the first dimensions (--keep)";

    internal override IReadOnlyList<Option> Options => [shared.Keep];

    internal override IEstimator<EmbeddingMapTransformer> CreateEstimator(MLContext ml, ModalityColumns columns, FitSettings settings) =>
        ml.Transforms.TruncateEmbeddings(columns, new TruncateEmbeddingsOptions
        {
            NormalizeInput = settings.NormalizeInput,
            UnusableRows = settings.UnusableRows,
            Dimension = settings.CommandLine.GetValue(shared.Keep) ?? throw new UsageException("--method truncate needs to know how many dimensions to keep: --keep 256."),
        });
}
