using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>Adds a vector: <c>y = x + t</c>. Centring is a translation by the negative mean.</summary>
public sealed class TranslateStep : EmbeddingMapStep
{
    internal const byte Id = 2;

    private readonly float[] _offset;

    /// <summary>Creates the step.</summary>
    /// <param name="offset">t, one finite value per dimension. The values are copied.</param>
    /// <exception cref="ArgumentException">A value is NaN or infinite.</exception>
    public TranslateStep(ReadOnlySpan<float> offset)
    {
        _offset = CopyFinite(offset, nameof(offset));
    }

    /// <summary>t, one value per dimension.</summary>
    public ReadOnlySpan<float> Offset => _offset;

    /// <inheritdoc />
    public override int? InputDimension => _offset.Length;

    /// <inheritdoc />
    public override string ToString() => $"Translate({_offset.Length})";

    internal override byte FormatId => Id;

    internal override void Apply(ReadOnlySpan<float> source, Span<float> destination) => TensorPrimitives.Add(source, _offset, destination);

    internal override string AddTo(OnnxNodes nodes, string input, double largestNorm) => nodes.Add("Add", [input, nodes.Constant(_offset, _offset.Length)]);

    internal override double GetLargestNorm(double largestNorm) => largestNorm + Math.Sqrt(RowKernels.SquaredNormExact(_offset));

    internal override void WriteParameters(BinaryWriter writer) => writer.WriteFloats(_offset);

    internal static TranslateStep Read(BlockReader reader) => new(reader.ReadFloats());
}
