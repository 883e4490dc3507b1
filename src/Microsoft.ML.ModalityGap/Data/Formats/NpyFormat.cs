namespace Microsoft.ML.ModalityGap;

/// <summary>numpy's arrays, one a file.</summary>
internal sealed class NpyFormat : IEmbeddingFormat
{
    public string Extension => ".npy";

    public bool HasMembers => false;

    public IReadOnlyList<(string Member, StoredMatrix Matrix)> List(string path, Action<string> warn)
    {
        var header = NpyHeader.Read(path);
        var fingerprints = NpySidecar.Read(path, StoredMatrix.CountModalities(header.Shape), warn);
        return [("", new StoredMatrix(path, header.Shape, header.Format, header.IsFortranOrder, new MatrixBytes(path), header.DataOffset, fingerprints))];
    }

    /// <summary>One column as (N, D), M as (M, N, D).</summary>
    public void Write(Stream stream, IReadOnlyList<WrittenColumn> columns, NpyElementType elementType)
    {
        var dimension = columns[0].Dimension;
        if (columns.FirstOrDefault(column => column.Dimension != dimension) is { } other)
            throw new InvalidDataException($"The columns of one .npy file need the same dimension, but there are {dimension} and {other.Dimension}.");

        // The number of rows is known at the end only; the header keeps room for it.
        WriteHeader(stream, elementType, columns.Count, rows: 0, dimension);
        long? rowCount = null;
        foreach (var column in columns)
        {
            var count = column.WriteTo(stream, elementType);
            if (rowCount is not null && rowCount != count)
                throw new InvalidDataException($"Column '{column.Name}' yielded {count} rows where '{columns[0].Name}' yielded {rowCount}; the data must yield the same rows each time.");
            rowCount = count;
        }

        stream.Position = 0;
        WriteHeader(stream, elementType, columns.Count, rowCount ?? 0, dimension);
    }

    public void WriteBeside(string path, IReadOnlyList<WrittenColumn> columns) => NpySidecar.Write(path, [.. columns.Select(column => column.Fingerprint)]);

    private static void WriteHeader(Stream stream, NpyElementType elementType, int matrices, long rows, int dimension)
    {
        if (matrices == 1)
            NpyHeader.Write(stream, elementType, rows, dimension);
        else
            NpyHeader.Write(stream, elementType, matrices, rows, dimension);
    }
}
