using System.Runtime.InteropServices;

namespace Microsoft.ML.ModalityGap;

/// <summary>Embeddings of one kind, one behind the other.</summary>
internal sealed class Embeddings(float[] values, int dimension)
{
    internal int Dimension { get; } = dimension;

    internal int Count => values.Length / Dimension;

    internal ReadOnlySpan<float> Values => values;

    internal ReadOnlyMemory<float> this[int row] => values.AsMemory(row * Dimension, Dimension);

    /// <summary>Some of them, in another order.</summary>
    internal Embeddings Take(IReadOnlyList<int> rows)
    {
        var taken = new float[rows.Count * Dimension];
        for (var i = 0; i < rows.Count; i++)
            this[rows[i]].Span.CopyTo(taken.AsSpan(i * Dimension));
        return new Embeddings(taken, Dimension);
    }

    /// <summary>All of them behind a map.</summary>
    internal Embeddings Map(EmbeddingMap map)
    {
        var mapped = new float[Count * map.OutputDimension];
        map.ApplyRows(values, mapped);
        return new Embeddings(mapped, map.OutputDimension);
    }

    /// <summary>The bytes, for what is known by them.</summary>
    internal ReadOnlySpan<byte> AsBytes() => MemoryMarshal.AsBytes(values.AsSpan());
}
