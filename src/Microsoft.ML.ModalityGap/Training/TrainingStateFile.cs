namespace Microsoft.ML.ModalityGap;

/// <summary>A <see cref="TrainingState"/> in a file, which appears when it is complete.</summary>
/// <remarks>
/// <code>
/// text      what is trained, on what: data, options, seed
/// int64     step; int32 epoch; int64 batch; double sum of losses; bool finished
/// int32     number of blocks; per block three float arrays: values, first moments, second moments
/// int32     number of double arrays: per batch normalisation its running mean and variance
/// int32     number of epochs; per epoch int64 steps, double loss, bool and double held-out loss, double gap, double recall
/// bool      and if true the best epoch: int64 step, then arrays as above, of values only
/// </code>
/// </remarks>
internal static class TrainingStateFile
{
    private static readonly BlockSignature _signature = new("MGTS", Version: 1);

    internal static void Write(string path, TrainingState state, string recipe) =>
        AtomicFile.Write(path, stream => CheckedBlock.Write(stream, _signature, writer =>
        {
            writer.WriteText(recipe);
            writer.Write(state.Step);
            writer.Write(state.Epoch);
            writer.Write(state.Batch);
            writer.Write(state.LossSum);
            writer.Write(state.IsFinished);
            var current = state.TakeSnapshot();
            writer.Write(current.Values.Count);
            foreach (var block in state.Heads.Blocks)
            {
                writer.WriteFloats(block.Values);
                writer.WriteFloats(block.FirstMoments);
                writer.WriteFloats(block.SecondMoments);
            }

            WriteStatistics(writer, current);
            writer.Write(state.Epochs.Count);
            foreach (var epoch in state.Epochs)
            {
                writer.Write(epoch.Steps);
                writer.Write(epoch.Loss);
                writer.Write(epoch.ValidationLoss is not null);
                writer.Write(epoch.ValidationLoss ?? 0);
                writer.Write(epoch.Gap);
                writer.Write(epoch.Recall);
            }

            writer.Write(state.Best is not null);
            if (state.Best is { } best)
            {
                writer.Write(best.Step);
                foreach (var values in best.Values)
                    writer.WriteFloats(values);
                WriteStatistics(writer, best);
            }
        }));

    private static BlockReader Open(string path, Stream stream)
    {
        try
        {
            return CheckedBlock.Read(stream, _signature, "training state");
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"'{path}' cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Reads a state into one that was built by the same options.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or of another training.</exception>
    internal static void Read(string path, TrainingState state, string recipe)
    {
        using var stream = File.OpenRead(path);
        var reader = Open(path, stream);
        CheckRecipe(path, reader.ReadText(), recipe);
        state.Step = reader.ReadInt64();
        state.Epoch = reader.ReadInt32();
        state.Batch = reader.ReadInt64();
        state.LossSum = reader.ReadDouble();
        state.IsFinished = reader.ReadBoolean();
        if (reader.ReadInt32() is var count && count != state.Heads.Blocks.Count)
            throw Damaged(path, $"{count} blocks of parameters where {state.Heads.Blocks.Count} are expected");
        foreach (var block in state.Heads.Blocks)
        {
            ReadInto(path, reader, block.Values);
            ReadInto(path, reader, block.FirstMoments);
            ReadInto(path, reader, block.SecondMoments);
        }

        ReadStatistics(path, reader, state.TakeSnapshot(), out var statistics);
        state.Restore(state.TakeSnapshot() with { Statistics = statistics });
        for (var i = reader.ReadCount(); i > 0; i--)
        {
            var (steps, loss) = (reader.ReadInt64(), reader.ReadDouble());
            var (hasValidation, validation) = (reader.ReadBoolean(), reader.ReadDouble());
            state.Epochs.Add(new TrainingEpoch
            {
                Epoch = state.Epochs.Count + 1,
                Steps = steps,
                Loss = loss,
                ValidationLoss = hasValidation ? validation : null,
                Gap = reader.ReadDouble(),
                Recall = reader.ReadDouble(),
            });
        }

        if (reader.ReadBoolean())
        {
            var best = state.TakeSnapshot() with { Step = reader.ReadInt64() };
            foreach (var values in best.Values)
                ReadInto(path, reader, values);
            ReadStatistics(path, reader, best, out statistics);
            state.Best = best with { Statistics = statistics };
        }

        reader.ExpectEnd();
    }

    private static void WriteStatistics(BinaryWriter writer, TrainingState.Snapshot snapshot)
    {
        writer.Write(snapshot.Statistics.Count);
        foreach (var values in snapshot.Statistics)
            writer.WriteDoubles(values);
    }

    private static void ReadStatistics(string path, BlockReader reader, TrainingState.Snapshot expected, out double[][] statistics)
    {
        if (reader.ReadInt32() is var count && count != expected.Statistics.Count)
            throw Damaged(path, $"{count} running statistics where {expected.Statistics.Count} are expected");
        statistics = new double[count][];
        for (var i = 0; i < count; i++)
        {
            statistics[i] = reader.ReadDoubles();
            if (statistics[i].Length != expected.Statistics[i].Length)
                throw Damaged(path, $"running statistics of {statistics[i].Length} dimensions where {expected.Statistics[i].Length} are expected");
        }
    }

    private static void ReadInto(string path, BlockReader reader, float[] destination)
    {
        var values = reader.ReadFloats();
        if (values.Length != destination.Length)
            throw Damaged(path, $"{values.Length} parameters where {destination.Length} are expected");
        values.CopyTo(destination, 0);
    }

    private static InvalidDataException Damaged(string path, string what) => new($"'{path}' is no state of this training: it holds {what}.");

    private static void CheckRecipe(string path, string stored, string recipe)
    {
        if (stored == recipe)
            return;

        // Both are lists of lines, by name; the first that differs says most.
        var pair = stored.Split('\n').Zip(recipe.Split('\n')).First(lines => lines.First != lines.Second);
        throw new InvalidDataException(
            $"'{path}' is the state of another training: «{pair.First}», where this one has «{pair.Second}». Go on with the options and data it began with, or name another file.");
    }
}
