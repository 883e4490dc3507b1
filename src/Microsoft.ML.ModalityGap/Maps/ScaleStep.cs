using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>Multiplies each dimension by a factor of its own: <c>y_d = s_d · x_d</c>.</summary>
public sealed class ScaleStep : EmbeddingMapStep
{
    internal const byte Id = 3;

    private readonly float[] _factors;

    /// <summary>Creates the step.</summary>
    /// <param name="factors">s, one finite value per dimension. The values are copied.</param>
    /// <exception cref="ArgumentException">A value is NaN or infinite.</exception>
    public ScaleStep(ReadOnlySpan<float> factors)
    {
        _factors = CopyFinite(factors, nameof(factors));
    }

    /// <summary>s, one value per dimension.</summary>
    public ReadOnlySpan<float> Factors => _factors;

    /// <inheritdoc />
    public override int? InputDimension => _factors.Length;

    /// <inheritdoc />
    public override string ToString() => $"Scale({_factors.Length})";

    internal override byte FormatId => Id;

    internal override void Apply(ReadOnlySpan<float> source, Span<float> destination) => TensorPrimitives.Multiply(source, _factors, destination);

    internal override string AddTo(OnnxNodes nodes, string input, double largestNorm) => nodes.Add("Mul", [input, nodes.Constant(_factors, _factors.Length)]);

    internal override double GetLargestNorm(double largestNorm) => largestNorm * Math.Abs((double)TensorPrimitives.MaxMagnitude<float>(_factors));

    internal override void WriteParameters(BinaryWriter writer) => writer.WriteFloats(_factors);

    internal static ScaleStep Read(BlockReader reader) => new(reader.ReadFloats());
}
