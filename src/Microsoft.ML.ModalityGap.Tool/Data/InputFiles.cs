namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>What the command line names where embeddings are wanted. The one place that tells, by the ending, which package reads it.</summary>
internal static class InputFiles
{
    /// <summary>The endings of the files that can be read.</summary>
    internal static IEnumerable<string> Extensions => EmbeddingFiles.Extensions.Concat(TableFiles.Extensions);

    /// <summary>The files that a specification names, in natural order.</summary>
    internal static IReadOnlyList<string> GetFiles(string specification) => IsTable(specification) ? TableFiles.GetFiles(specification) : EmbeddingFiles.GetFiles(specification);

    /// <summary>The same as specifications of one file each.</summary>
    internal static IReadOnlyList<string> GetShards(string specification) => IsTable(specification) ? TableFiles.GetShards(specification) : EmbeddingFiles.GetShards(specification);

    /// <summary>Their shape, the rows of all shards together.</summary>
    internal static IReadOnlyList<long> ReadShape(string specification) => IsTable(specification) ? TableFiles.ReadShape(specification) : EmbeddingFiles.ReadShape(specification);

    /// <summary>The columns of a specification: one, or as many as its array has modalities.</summary>
    internal static IDataView Load(MLContext ml, string specification, params string[] columnNames) => TableFiles.Handles(specification)
        ? columnNames is [var name] ? TableFiles.Load(ml.ModalityGap().Host, specification, name, UnusableRows.Throw) : throw new UsageException($"'{specification}' holds one modality to a column. Give --modality name=file:column for each.")
        : ml.ModalityGap().LoadFromFiles(specification, columnNames);

    /// <summary>Several specifications as the columns of one view; their rows belong together.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="files">Each a column's name and what is named.</param>
    /// <param name="unusableRows">What becomes of a list of another length.</param>
    /// <exception cref="InvalidDataException">A file cannot be read, or the numbers of rows differ.</exception>
    internal static IDataView Load(MLContext ml, IReadOnlyList<(string ColumnName, string Path)> files, UnusableRows unusableRows = UnusableRows.Throw)
    {
        var tables = files.Where(file => IsTable(file.Path)).ToArray();
        if (tables.Length == 0)
            return ml.ModalityGap().LoadFromFiles(files);
        var arrays = files.Except(tables).ToArray();
        return TableFiles.Zip(ml.ModalityGap().Host, tables, arrays.Length == 0 ? null : ml.ModalityGap().LoadFromFiles(arrays), arrays.Length == 0 ? "" : arrays[0].Path, unusableRows);
    }

    /// <summary>Whether tables are named.</summary>
    /// <exception cref="FileNotFoundException">A folder holds no file that can be read.</exception>
    internal static bool IsTable(string specification)
    {
        if (TableFiles.Handles(specification))
            return true;
        return !Directory.Exists(specification) || Directory.EnumerateFiles(specification).Any(EmbeddingFiles.IsOne) ? false : throw ShardFiles.CreateMissing(specification, Extensions);
    }
}
