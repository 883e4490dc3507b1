namespace Microsoft.ML.ModalityGap;

/// <summary>How far a training can be.</summary>
/// <param name="BatchesPerEpoch">Steps in an epoch.</param>
/// <param name="Epochs">The most epochs.</param>
/// <param name="KeepsBest">Whether the best epoch is kept, and training may end before.</param>
internal readonly record struct TrainingPlan(long BatchesPerEpoch, int Epochs, bool KeepsBest);

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
    internal static void Read(string path, TrainingState state, string recipe, TrainingPlan plan)
    {
        using var stream = InputFile.OpenRead(path);
        var reader = Open(path, stream);
        try
        {
            Read(path, reader, state, recipe);
        }
        catch (InvalidDataException exception) when (!exception.Message.Contains(path, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"'{path}' cannot be read: {exception.Message}", exception);
        }

        Check(path, state, plan);
    }

    /// <summary>Refuses numbers that no training comes to: it would end at once, or never.</summary>
    private static void Check(string path, TrainingState state, TrainingPlan plan)
    {
        if (state.Epoch < 0 || state.Epoch > plan.Epochs || state.Epochs.Count != state.Epoch)
            throw Damaged(path, $"epoch {state.Epoch} of {plan.Epochs}, and what came of {state.Epochs.Count}");
        var isDone = state.Epoch == plan.Epochs;
        if (state.IsFinished ? state.Batch != 0 || !(isDone || plan.KeepsBest) || state.Epoch == 0 : isDone)
            throw Damaged(path, $"a training that {(state.IsFinished ? "is" : "is not")} finished, after {state.Epoch} of {plan.Epochs} epochs and {state.Batch} batches");
        if (state.Batch < 0 || state.Batch > plan.BatchesPerEpoch)
            throw Damaged(path, $"batch {state.Batch} of {plan.BatchesPerEpoch}");
        if (plan.KeepsBest ? state.Epoch > 0 != state.Best is not null : state.Best is not null)
            throw Damaged(path, state.Best is null ? "no best epoch" : "a best epoch, which is not looked for");
        var steps = state.Epoch * plan.BatchesPerEpoch + state.Batch;
        if (state.Best is { } best && (best.Step <= 0 || best.Step > steps || best.Step % plan.BatchesPerEpoch != 0))
            throw Damaged(path, $"a best epoch that ended at step {best.Step} of {steps}");
        if (state.Step != steps && !(state.IsFinished && state.Step == state.Best?.Step))
            throw Damaged(path, $"step {state.Step} where {steps} are expected");
    }

    private static void Read(string path, BlockReader reader, TrainingState state, string recipe)
    {
        CheckRecipe(path, reader.ReadText(), recipe);
        state.Step = reader.ReadInt64();
        state.Epoch = reader.ReadInt32();
        state.Batch = reader.ReadInt64();
        state.LossSum = reader.ReadFiniteDouble();
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
            var (steps, loss) = (reader.ReadInt64(), reader.ReadFiniteDouble());
            var (hasValidation, validation) = (reader.ReadBoolean(), reader.ReadFiniteDouble());
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

            // Of each layer the mean, then the variance.
            if (i % 2 == 1 && statistics[i].Any(variance => variance < 0))
                throw Damaged(path, "a variance that is negative");
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
        var (theirs, ours) = (stored.Split('\n'), recipe.Split('\n'));
        var line = Enumerable.Range(0, Math.Max(theirs.Length, ours.Length)).First(i => theirs.ElementAtOrDefault(i) != ours.ElementAtOrDefault(i));
        throw new InvalidDataException(
            $"'{path}' is the state of another training: {Quote(theirs)}, where this one has {Quote(ours)}. Go on with the options and data it began with, or name another file.");

        string Quote(string[] lines) => line < lines.Length ? $"«{lines[line]}»" : "nothing";
    }
}
