namespace Microsoft.ML.ModalityGap;

/// <summary>Multiplies by a matrix: <c>y = M x</c> with M of shape k×d, so d dimensions in and k out.</summary>
public sealed class ProjectStep : EmbeddingMapStep
{
    internal const byte Id = 4;

    private readonly float[] _matrix;
    private PackedRows? _packed;

    /// <summary>Creates the step.</summary>
    /// <param name="matrix">M in row-major order, k·d finite values. The values are copied.</param>
    /// <param name="rows">k, the number of dimensions that come out; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rows"/> is not positive.</exception>
    /// <exception cref="ArgumentException">The length of <paramref name="matrix"/> is no positive multiple of <paramref name="rows"/>, or a value is not finite.</exception>
    public ProjectStep(ReadOnlySpan<float> matrix, int rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        if (matrix.Length == 0 || matrix.Length % rows != 0)
            throw new ArgumentException($"A matrix of {rows} rows needs a positive multiple of {rows} values, but {matrix.Length} were given.", nameof(matrix));

        _matrix = CopyFinite(matrix, nameof(matrix));
        Rows = rows;
        Columns = matrix.Length / rows;
    }

    /// <summary>M in row-major order, <see cref="Rows"/>×<see cref="Columns"/> values.</summary>
    public ReadOnlySpan<float> Matrix => _matrix;

    /// <summary>k, the number of dimensions that come out.</summary>
    public int Rows { get; }

    /// <summary>d, the number of dimensions that go in.</summary>
    public int Columns { get; }

    /// <inheritdoc />
    public override int? InputDimension => Columns;

    /// <inheritdoc />
    public override string ToString() => $"Project({Rows}×{Columns})";

    internal override byte FormatId => Id;

    internal override int GetOutputDimension(int inputDimension) => Rows;

    internal override bool LikesBlocks => true;

    internal override void Apply(ReadOnlySpan<float> source, Span<float> destination) => ApplyRows(source, destination, 1);

    // One row is multiplied as many are, so that it has the same bits alone and among others.
    internal override void ApplyRows(ReadOnlySpan<float> source, Span<float> destination, int count) =>
        MatrixProduct.Multiply(source, _packed ??= new PackedRows(_matrix, Columns), destination, maxDegreeOfParallelism: 1);

    internal override string AddTo(OnnxNodes nodes, string input, double largestNorm) => nodes.AddProduct(input, _matrix, Rows, Columns);

    internal override double GetLargestNorm(double largestNorm) => largestNorm * Math.Sqrt(RowKernels.SquaredNormExact(_matrix));

    internal override void WriteParameters(BinaryWriter writer)
    {
        writer.Write(Rows);
        writer.WriteFloats(_matrix);
    }

    internal static ProjectStep Read(BlockReader reader)
    {
        var rows = reader.ReadInt32();
        return new ProjectStep(reader.ReadFloats(), rows);
    }
}
