using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// What a graph holds of the rows of one modality: vectors of equal length whose inner product with a query's puts rows in the order of their scores.
/// </summary>
/// <remarks>
/// Within one modality a score is scale·(s − b(g)) with one scale, so a row is folded to (g, −b'(g), r(g))/R and a query to (q, 1, 0), with b' the bias without its mean, R² the largest ‖g‖² + b'² and
/// r² what is missing to it. Vectors of equal length are what graphs of neighbours are made for. Without a correction b is left out, of unit rows without one r, too.
/// </remarks>
internal sealed class GraphVectors
{
    private readonly EmbeddingIndex _index;
    private readonly BankBias? _bias;
    private readonly bool _isLevelled;

    /// <param name="index">The rows.</param>
    /// <param name="queryModality">The modality of the queries, where the index corrects scores.</param>
    /// <param name="meanBias">What is taken from all biases.</param>
    /// <param name="length">R.</param>
    internal GraphVectors(EmbeddingIndex index, string? queryModality, float meanBias, float length)
    {
        _index = index;
        (MeanBias, Length) = (meanBias, length);
        _bias = queryModality is null ? null : index.Options.Correction!.GetBias(queryModality);
        _isLevelled = _bias is not null || index.Options.Metric != SimilarityMetric.Cosine;
        Dimension = index.Dimension + (_bias is null ? 0 : 1) + (_isLevelled ? 1 : 0);
    }

    /// <summary>Values of a vector.</summary>
    internal int Dimension { get; }

    internal float MeanBias { get; }

    internal float Length { get; }

    /// <summary>Looks at all rows of a graph for what they have in common.</summary>
    internal static GraphVectors Create(EmbeddingIndex index, string? queryModality, ReadOnlySpan<int> positions)
    {
        var vectors = new GraphVectors(index, queryModality, meanBias: 0, length: 1);
        if (!vectors._isLevelled)
            return vectors;
        var (biases, norms) = (new float[positions.Length], new double[positions.Length]);
        var row = new float[index.Dimension];
        for (var i = 0; i < positions.Length; i++)
        {
            index.Store.Read(positions[i], row);
            norms[i] = RowKernels.SquaredNormExact(row);
            vectors._bias?.Compute(row, biases.AsSpan(i, 1));
        }

        var mean = positions.Length == 0 ? 0 : TensorPrimitives.Average<float>(biases);
        for (var i = 0; i < norms.Length; i++)
            norms[i] += Math.Pow(biases[i] - mean, 2);
        var largest = norms.Length == 0 ? 1 : norms.Max();
        return new GraphVectors(index, queryModality, mean, largest > 0 ? (float)Math.Sqrt(largest) : 1);
    }

    /// <summary>Writes the vector of the row at a position.</summary>
    internal void WriteRow(int position, Span<float> vector)
    {
        var row = vector[.._index.Dimension];
        _index.Store.Read(position, row);
        if (!_isLevelled)
            return;
        var squares = RowKernels.SquaredNormExact(row);
        if (_bias is not null)
        {
            var bias = vector.Slice(_index.Dimension, 1);
            _bias.Compute(row, bias);
            bias[0] = MeanBias - bias[0];
            squares += bias[0] * (double)bias[0];
        }

        // A row that was added later may be longer than all before: the graph is then a little less what it should be, scores are not.
        vector[^1] = (float)Math.Sqrt(Math.Max(0, Length * (double)Length - squares));
        TensorPrimitives.Divide(vector, Length, vector);
    }

    /// <summary>Writes the vector of a query.</summary>
    internal void WriteQuery(ReadOnlySpan<float> query, Span<float> vector)
    {
        MetricRows.Prepare(_index.Options.Metric, query, vector[.._index.Dimension]);
        vector[_index.Dimension..].Clear();
        if (_bias is not null)
            vector[_index.Dimension] = 1;
        if (_index.Options.Metric != SimilarityMetric.Cosine && TensorPrimitives.Norm<float>(vector) is var norm and > 0)
            TensorPrimitives.Divide(vector, norm, vector);
    }
}
