namespace Microsoft.ML.ModalityGap;

/// <summary>Some hundred rows of embeddings.</summary>
/// <param name="Dimension">Of each.</param>
/// <param name="Values">All of them, one behind the other; zeros where there is none.</param>
/// <param name="Defects">The rows that have none, and why, by place.</param>
internal sealed record EncodedChunk(int Dimension, float[] Values, IReadOnlyList<(int Row, string Reason)> Defects)
{
    internal int Count => Values.Length / Dimension;

    /// <summary>Rows of several chunks as one.</summary>
    internal static EncodedChunk Gather(IReadOnlyList<(EncodedChunk Chunk, int Row)> rows)
    {
        var dimension = rows[0].Chunk.Dimension;
        var values = new float[rows.Count * dimension];
        var defects = new List<(int, string)>();
        for (var i = 0; i < rows.Count; i++)
        {
            var (chunk, row) = rows[i];
            chunk.Values.AsSpan(row * dimension, dimension).CopyTo(values.AsSpan(i * dimension));
            defects.AddRange(chunk.Defects.Where(defect => defect.Row == row).Select(defect => (i, defect.Reason)));
        }

        return new EncodedChunk(dimension, values, defects);
    }
}
