namespace Microsoft.ML.ModalityGap;

/// <summary>A record as it is kept; never changed, but replaced.</summary>
/// <param name="Number">Its id in the indexes; rises with the order of addition.</param>
/// <param name="Values">The key, then data, in the order of the schema.</param>
/// <param name="Vectors">The vectors as they were given, in the order of the schema.</param>
internal sealed record StoredRecord(long Number, object?[] Values, StatedEmbedding?[] Vectors)
{
    internal object Key => Values[0]!;
}

/// <summary>A record that has been checked: what is kept of it, and the rows that are searched.</summary>
/// <param name="Values">The key, then data.</param>
/// <param name="Vectors">As they were given.</param>
/// <param name="Rows">Behind the maps; <see langword="null"/> where there is no vector.</param>
/// <param name="Modality">The modality of the rows.</param>
internal sealed record PreparedRecord(object?[] Values, StatedEmbedding?[] Vectors, float[]?[] Rows, string? Modality);
