using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>A column of a data view over .npy files: rows of one matrix of a file.</summary>
/// <param name="ColumnName">The column's name.</param>
/// <param name="Path">The file.</param>
/// <param name="Offset">Where in the file the first row begins, in bytes.</param>
/// <param name="RowCount">N.</param>
/// <param name="Dimension">D.</param>
/// <param name="ElementType">The format of the numbers.</param>
/// <param name="Fingerprint">Of the maps the vectors came through, where that is known.</param>
internal sealed record NpySource(string ColumnName, string Path, long Offset, long RowCount, int Dimension, NpyElementType ElementType, string? Fingerprint)
{
    internal int RowBytes => Dimension * NpyHeader.GetElementSize(ElementType);

    /// <summary>The matrices of a file: one of shape (N, D), or M of them in a file of shape (M, N, D), named in order.</summary>
    /// <exception cref="InvalidDataException">The file cannot be read, or has another number of matrices than there are names.</exception>
    internal static IReadOnlyList<NpySource> Open(IHost host, string path, IReadOnlyList<string> columnNames)
    {
        var header = NpyHeader.Read(path);
        var shape = string.Join(", ", header.Shape);
        if (header.Shape.Count is not (2 or 3))
            throw new InvalidDataException($"'{path}' has the shape ({shape}); (N, D) is expected, or (M, N, D) for M modalities.");

        var matrices = header.Shape.Count == 3 ? header.Shape[0] : 1;
        var (rows, dimension) = (header.Shape[^2], header.Shape[^1]);
        if (matrices != columnNames.Count)
            throw new InvalidDataException($"'{path}' has the shape ({shape}), so it holds {matrices} {(matrices == 1 ? "modality" : "modalities")}; {columnNames.Count} {(columnNames.Count == 1 ? "was" : "were")} named: {string.Join(", ", columnNames)}.");
        if (dimension is < 1 or > EmbeddingMapFormat.MaximumDimension)
            throw new InvalidDataException($"'{path}' has the shape ({shape}); the last size, the embedding's dimension, must be from 1 to {EmbeddingMapFormat.MaximumDimension}.");

        var fingerprints = NpySidecar.Read(path, columnNames.Count, warning =>
        {
            using var channel = host.Start("Open .npy");
            channel.Warning(warning);
        });
        return [.. columnNames.Select((name, i) =>
            new NpySource(name, path, header.DataOffset + i * rows * dimension * header.ElementSize, rows, (int)dimension, header.ElementType, fingerprints[i]))];
    }
}
