namespace Microsoft.ML.ModalityGap;

/// <summary>Rows of modalities in memory.</summary>
/// <param name="Rows">Per modality, one row behind the other.</param>
/// <param name="Dimensions">Per modality.</param>
/// <param name="ArePairs">Whether row i of all modalities belongs together.</param>
internal sealed record RowSample(IReadOnlyList<float[]> Rows, IReadOnlyList<int> Dimensions, bool ArePairs)
{
    internal int Count(int modality) => Rows[modality].Length / Dimensions[modality];
}
