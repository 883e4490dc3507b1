namespace Microsoft.ML.ModalityGap;

/// <summary>Keeps the first k dimensions, as Matryoshka embeddings are meant to be cut.</summary>
public sealed class TruncateStep : EmbeddingMapStep
{
    internal const byte Id = 5;

    /// <summary>Creates the step.</summary>
    /// <param name="dimension">k, the number of dimensions kept; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is not positive.</exception>
    public TruncateStep(int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        Dimension = dimension;
    }

    /// <summary>k, the number of dimensions kept.</summary>
    public int Dimension { get; }

    /// <inheritdoc />
    public override string ToString() => $"Truncate({Dimension})";

    internal override byte FormatId => Id;

    internal override int GetOutputDimension(int inputDimension) => Dimension;

    internal override string? DescribeMismatch(int inputDimension) =>
        inputDimension < Dimension ? $"it keeps {Dimension} dimensions but receives only {inputDimension}" : null;

    internal override void Apply(ReadOnlySpan<float> source, Span<float> destination) => source[..Dimension].CopyTo(destination);

    // Gather, since Slice changed its form between the opsets that are written.
    internal override string AddTo(OnnxNodes nodes, string input, double largestNorm) =>
        nodes.Add("Gather", [input, nodes.Constant([.. Enumerable.Range(0, Dimension).Select(i => (long)i)], Dimension)], ("axis", 1));

    internal override double GetLargestNorm(double largestNorm) => largestNorm;

    internal override void WriteParameters(BinaryWriter writer) => writer.Write(Dimension);

    internal static TruncateStep Read(BlockReader reader) => new(reader.ReadInt32());
}
