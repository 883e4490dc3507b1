using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>A column of a data view over files: the rows of one modality, of one array or of several behind each other.</summary>
/// <param name="ColumnName">The column's name.</param>
/// <param name="Name">For messages: what was named.</param>
/// <param name="Shards">The arrays.</param>
/// <param name="Modality">Which of an array's modalities it is, from 0.</param>
internal sealed record EmbeddingSource(string ColumnName, string Name, IReadOnlyList<StoredMatrix> Shards, long Modality)
{
    internal long RowCount { get; } = Shards.Sum(shard => shard.RowCount);

    internal int Dimension => (int)Shards[0].Dimension;

    /// <summary>Of the maps the vectors came through, where that is known.</summary>
    internal string? Fingerprint => Shards[0].Fingerprints[(int)Modality];

    /// <summary>How many rows are best read behind each other.</summary>
    internal long WindowRows => Shards.Max(MatrixReader.GetWindowRows);

    /// <summary>The columns of what a specification names: one of shape (N, D), or M of them of shape (M, N, D), named in order.</summary>
    /// <exception cref="InvalidDataException">It cannot be read, or has another number of modalities than there are names.</exception>
    internal static IReadOnlyList<EmbeddingSource> Open(IHost host, string specification, IReadOnlyList<string> columnNames)
    {
        var shards = EmbeddingFiles.Open(specification, warning =>
        {
            using var channel = host.Start("Open embeddings");
            channel.Warning(warning);
        });
        EmbeddingFiles.CheckShards(shards);
        var modalities = shards[0].Modalities;
        if (modalities != columnNames.Count)
        {
            throw new InvalidDataException(
                $"'{shards[0].Name}' has the shape {shards[0].ShapeText}, so it holds {modalities} {(modalities == 1 ? "modality" : "modalities")}; {columnNames.Count} {(columnNames.Count == 1 ? "was" : "were")} named: {string.Join(", ", columnNames)}.");
        }

        return [.. columnNames.Select((name, i) => new EmbeddingSource(name, specification, shards, i))];
    }
}
