namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>What the command line names where embeddings go. The one place that tells, by the ending, which package writes it.</summary>
internal static class OutputFiles
{
    private const string NpyExtension = ".npy";

    /// <summary>Whether a table is meant, with columns beside the embeddings.</summary>
    internal static bool IsTable(string specification) => TableFiles.FindExtension(specification) is not null;

    /// <summary>Whether numpy's array is meant, which is what endings that nobody knows are, too.</summary>
    internal static bool IsNpy(string path) => GetExtension(path) == NpyExtension;

    /// <summary>The file, and what stands behind its colon: how the column or array of the embeddings is called.</summary>
    internal static (string Path, string? Name) Split(string specification) => IsTable(specification) ? TableFiles.Split(specification) : EmbeddingFiles.SplitMember(specification);

    /// <summary>The ending that shards of a file get: its own where that is written.</summary>
    internal static string GetExtension(string path) => InputFiles.Extensions.FirstOrDefault(extension => Path.GetExtension(path).Equals(extension, StringComparison.OrdinalIgnoreCase)) ?? NpyExtension;

    /// <summary>Writes embeddings.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="data">The data.</param>
    /// <param name="specification">The file, which appears when it is complete.</param>
    /// <param name="columnName">The embeddings; the array or tensor gets the name of the column.</param>
    /// <param name="elementType">The format of the numbers, of files of arrays.</param>
    /// <param name="isWhole">Whether a table gets all columns of the data.</param>
    internal static void Write(MLContext ml, IDataView data, string specification, string columnName, NpyElementType elementType, bool isWhole)
    {
        var (host, path) = (ml.ModalityGap().Host, Split(specification).Path);
        if (IsTable(specification))
            TableFiles.Write(host, data, path, isWhole ? null : [columnName]);
        else
            EmbeddingFiles.Write(host, data, path, [columnName], elementType);
    }

    /// <summary>Refuses a number format that the file does not have.</summary>
    /// <exception cref="UsageException">A table is to be written, and not as float32.</exception>
    internal static void CheckElementType(string specification, NpyElementType elementType)
    {
        if (elementType != NpyElementType.Float32 && IsTable(specification))
            throw new UsageException($"--dtype goes with {string.Join(", ", EmbeddingFiles.Extensions)} files; a {TableFiles.FindExtension(specification)} file gets float32.");
    }
}
