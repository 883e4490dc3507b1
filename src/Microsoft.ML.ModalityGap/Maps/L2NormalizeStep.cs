namespace Microsoft.ML.ModalityGap;

/// <summary>Divides a vector by its Euclidean length: <c>y = x / ‖x‖</c>.</summary>
/// <remarks>A zero vector stays zero; a vector with a NaN or an infinity becomes NaN throughout, never a plausible unit vector.</remarks>
public sealed class L2NormalizeStep : EmbeddingMapStep
{
    internal const byte Id = 1;

    /// <inheritdoc />
    public override string ToString() => "L2Normalize";

    internal override byte FormatId => Id;

    internal override void Apply(ReadOnlySpan<float> source, Span<float> destination) => RowKernels.Normalize(source, destination);

    internal override string AddTo(OnnxNodes nodes, string input, double largestNorm) => nodes.AddL2Normalize(input, largestNorm);

    internal override double GetLargestNorm(double largestNorm) => 1;

    internal override void WriteParameters(BinaryWriter writer)
    {
    }

    internal static L2NormalizeStep Read(BlockReader reader) => new();
}
