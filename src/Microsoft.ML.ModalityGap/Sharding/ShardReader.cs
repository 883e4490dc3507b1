namespace Microsoft.ML.ModalityGap;

/// <summary>Reads a shard's files: their checksums, and the statistics of their rows.</summary>
internal static class ShardReader
{
    /// <summary>Computes the statistics of one shard.</summary>
    /// <param name="group">The modalities.</param>
    /// <param name="files">Per modality how its file is named, and the file.</param>
    /// <param name="data">Their rows.</param>
    /// <param name="options">What to compute.</param>
    /// <param name="sample">Takes the rows that are drawn.</param>
    /// <param name="progress">Is told how many rows were read since.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="InvalidDataException">The files are not what the group says, a row cannot be used, or a file changed meanwhile.</exception>
    internal static ShardStatistics Measure(
        ShardGroup group, IReadOnlyList<(string Name, string Path)> files, IDataView data, ShardOptions options, BankSample sample, Action<int>? progress, CancellationToken cancellationToken)
    {
        CheckGroup(group, files, data);
        var stamps = files.Select(file => FileStamp.Get(file.Path)).ToArray();
        ShardFile[] read = [.. files.Select(file => ShardFile.Read(file.Name, file.Path, cancellationToken))];
        var statistics = Measure();
        for (var i = 0; i < files.Count; i++)
        {
            if (FileStamp.Get(files[i].Path) != stamps[i])
                throw new InvalidDataException($"'{files[i].Path}' was changed while it was read. Compute its statistics when it is complete.");
        }

        return statistics;

        ShardStatistics Measure()
        {
            try
            {
                return ShardMeasurer.Measure(data, group, read, options, sample, progress, cancellationToken);
            }
            catch (InvalidDataException exception) when (!files.Any(file => exception.Message.Contains(file.Name, StringComparison.Ordinal)))
            {
                throw new InvalidDataException($"The shard '{string.Join("' and '", files.Select(file => file.Name))}' cannot be used. {exception.Message}", exception);
            }
        }
    }

    private static void CheckGroup(ShardGroup group, IReadOnlyList<(string Name, string Path)> files, IDataView data)
    {
        var found = ShardGroup.Of(data, group.Names);
        for (var i = 0; i < group.Names.Count; i++)
        {
            if (found.Dimensions[i] != group.Dimensions[i])
                throw new InvalidDataException($"Shards need one dimension, but the rows of '{files[i].Name}' have {found.Dimensions[i]} dimensions where those before have {group.Dimensions[i]}.");
            if (found.Fingerprints[i] != group.Fingerprints[i])
            {
                throw new InvalidDataException(
                    $"Shards need to lie in one space, but the vectors of '{files[i].Name}' came through the maps {found.Fingerprints[i] ?? "of none that is known"}, those before through {group.Fingerprints[i] ?? "none that is known"}. Take all raw, or put all through one model.");
            }
        }
    }
}
