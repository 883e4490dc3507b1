using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Files that jobs wrote of shards, as the command line names them.</summary>
internal static class PartFiles
{
    /// <summary>The files that paths and patterns name, each once.</summary>
    /// <exception cref="FileNotFoundException">A file is not there, or none matches.</exception>
    internal static IReadOnlyList<string> Find(IEnumerable<string> patterns)
    {
        string[] files = [.. patterns.SelectMany(pattern => File.Exists(pattern) ? [pattern]
            : ShardFiles.IsPattern(pattern) ? ShardFiles.ListPattern(pattern)
            : throw new FileNotFoundException($"There is no file '{pattern}'.", pattern))];
        return [.. files.DistinctBy(Path.GetFullPath)];
    }

    /// <summary>The columns that maps fitted on statistics are for.</summary>
    internal static DataViewSchema CreateSchema(MergedStatistics statistics)
    {
        var builder = new DataViewSchema.Builder();
        foreach (var (name, dimension) in statistics.Names.Zip(statistics.Dimensions))
            builder.AddColumn(name, new VectorDataViewType(NumberDataViewType.Single, dimension));
        return builder.ToSchema();
    }
}
