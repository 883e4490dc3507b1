namespace Microsoft.ML.ModalityGap;

/// <summary>The graph of the rows of one modality.</summary>
/// <param name="Modality">Whose rows; <see langword="null"/> for those without one.</param>
/// <param name="Vectors">What the graph holds of them.</param>
/// <param name="Graph">The graph; its keys are those of the rows.</param>
internal sealed record ModalityGraph(string? Modality, GraphVectors Vectors, NativeGraph Graph)
{
    [ThreadStatic]
    private static float[]? _vector;

    [ThreadStatic]
    private static float[]? _distances;

    /// <summary>Adds the row at a position.</summary>
    internal void Add(int key, int position)
    {
        var vector = Take(ref _vector, Vectors.Dimension);
        Vectors.WriteRow(position, vector);
        Graph.Add((ulong)key, vector);
    }

    /// <summary>Finds about the nearest rows of a query.</summary>
    /// <returns>How many keys were written.</returns>
    internal int Search(ReadOnlySpan<float> query, Span<ulong> keys)
    {
        var vector = Take(ref _vector, Vectors.Dimension);
        Vectors.WriteQuery(query, vector);
        return Graph.Search(vector, keys, Take(ref _distances, keys.Length));
    }

    private static Span<float> Take(ref float[]? buffer, int length)
    {
        if (buffer is null || buffer.Length < length)
            buffer = new float[length];
        return buffer.AsSpan(0, length);
    }
}
