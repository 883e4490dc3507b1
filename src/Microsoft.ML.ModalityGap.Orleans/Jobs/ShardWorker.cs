using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

/// <summary>Does the work of a shard. Doing it twice, even at once, comes to the same files.</summary>
internal static class ShardWorker
{
    /// <summary>Works a shard off, unless that was done before.</summary>
    /// <param name="task">The shard.</param>
    /// <param name="progress">Is told how many rows were read since.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The rows read.</returns>
    internal static long Run(ShardTask task, Action<int> progress, CancellationToken cancellationToken)
    {
        string[] read = task.Job.IsFit ? task.Shard.Files : [.. task.Shard.Files, task.Job.Model];
        string[] inputs = [.. read.Select(path => $"{path} {FileStamp.Get(path)}")];
        if (WorkFolder.FindDone(task.RecordPath, inputs, task.ResultPath) is { } done)
            return done.Rows;
        Directory.CreateDirectory(task.Folder);
        var rows = task.Job.IsFit ? Measure(task, progress, cancellationToken) : Transform(task, progress, cancellationToken);
        for (var i = 0; i < read.Length; i++)
        {
            if (inputs[i] != $"{read[i]} {FileStamp.Get(read[i])}")
                throw new InvalidDataException($"'{read[i]}' was changed while it was read.");
        }

        WorkFolder.WriteDone(task.RecordPath, new ShardRecord(inputs, FileStamp.Get(task.ResultPath), rows));
        return rows;
    }

    private static long Measure(ShardTask task, Action<int> progress, CancellationToken cancellationToken)
    {
        var (shard, options) = (task.Shard, task.Job.ToOptions());
        var data = new MLContext().ModalityGap().LoadFromFiles([.. shard.Names.Zip(shard.Files)]);
        var group = ShardGroup.Of(data, shard.Names);
        var rows = 0L;
        StatisticsFile.Write(task.ResultPath, [group], options, 1, samples =>
        {
            var statistics = ShardReader.Measure(group, [.. shard.Files.Select(file => (file, file))], data, options, samples[0], progress, cancellationToken);
            rows = statistics.RowCount;
            return [statistics];
        });
        return rows;
    }

    private static long Transform(ShardTask task, Action<int> progress, CancellationToken cancellationToken)
    {
        var (shard, ml) = (task.Shard, new MLContext());
        var model = LoadMaps(ml, task.Job.Model);
        var name = shard.Names[0];
        var entry = model.GetModality(name);
        var data = ml.ModalityGap().LoadFromFiles([(name, shard.Files[0])]);
        var column = data.Schema[name];
        if (MapFingerprint.DescribeUnexpected($"'{shard.Files[0]}'", MapFingerprint.Find(column), entry.ExpectedInput, model.Fingerprint) is { } reason)
            throw new InvalidDataException(reason);
        CheckRows(data, column, shard.Files[0], progress, cancellationToken);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(task.ResultPath))!);
        ml.ModalityGap().SaveAsNpy(new EmbeddingMapTransformer(ml, ModalityColumns.PerColumn(name), [entry], model.Fingerprint).Transform(data), task.ResultPath, name);
        return data.GetRowCount() ?? 0;
    }

    /// <summary>The maps of a saved model.</summary>
    /// <exception cref="InvalidDataException">It has none, or several transformers with maps.</exception>
    internal static EmbeddingMapTransformer LoadMaps(MLContext ml, string path)
    {
        var model = SavedTransformer.Load(ml, path);
        var found = Flatten(model).OfType<EmbeddingMapTransformer>().ToArray();
        return found is [var only] ? only : throw new InvalidDataException($"'{path}' has {found.Length} transformers with maps of embeddings; one is expected.");

        static IEnumerable<ITransformer> Flatten(ITransformer transformer) => transformer is IEnumerable<ITransformer> chain ? chain.SelectMany(Flatten) : [transformer];
    }

    /// <summary>Refuses rows that no map can take before a file is begun, and tells of progress.</summary>
    private static void CheckRows(IDataView data, DataViewSchema.Column column, string file, Action<int> progress, CancellationToken cancellationToken)
    {
        const int TellEvery = 4096;
        using var cursor = data.GetRowCursor([column]);
        var getter = cursor.GetGetter<VBuffer<float>>(column);
        VBuffer<float> row = default;
        var untold = 0;
        for (long number = 0; cursor.MoveNext(); number++)
        {
            getter(ref row);
            DenseRows.MakeDense(ref row);
            var defect = RowDefects.Find(row.GetValues(), zeroNormIsDefect: false);
            if (defect != RowDefect.None)
                throw new InvalidDataException($"'{file}', row {number} cannot be mapped: it holds {RowDefects.Describe(defect, row.GetValues(), row.Length)}.");
            if (++untold < TellEvery)
                continue;
            progress(untold);
            untold = 0;
            cancellationToken.ThrowIfCancellationRequested();
        }

        progress(untold);
    }
}
