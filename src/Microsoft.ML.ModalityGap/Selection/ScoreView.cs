using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>The scores of queries of one modality with gallery rows of one modality: similarities, and what a correction makes of them.</summary>
/// <param name="similarities">Per query those with all gallery rows.</param>
/// <param name="columns">The number of gallery rows.</param>
/// <param name="scale">What similarities are multiplied by.</param>
/// <param name="bias">What is taken from them then, per gallery row; <see langword="null"/> for nothing.</param>
internal sealed class ScoreView(float[] similarities, int columns, float scale = 1, float[]? bias = null)
{
    internal int Columns => columns;

    /// <summary>The scores of a query.</summary>
    /// <param name="query">Its number.</param>
    /// <param name="buffer">Room for them, where they are not at hand.</param>
    internal ReadOnlySpan<float> GetRow(int query, Span<float> buffer)
    {
        var row = similarities.AsSpan(query * columns, columns);
        if (bias is null)
            return row;
        var target = buffer[..columns];
        TensorPrimitives.Multiply(row, scale, target);
        TensorPrimitives.Subtract(target, bias, target);
        return target;
    }
}
