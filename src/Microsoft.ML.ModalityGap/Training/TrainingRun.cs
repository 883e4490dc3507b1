using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Trains the heads of two modalities to the end, from the beginning or from a stored state.</summary>
internal sealed class TrainingRun
{
    private readonly IHost _host;
    private readonly TrainModalityNormalizationOptions _options;
    private readonly TrainingPairs _pairs;
    private readonly HeadShape[] _shapes;
    private readonly AdamW _optimizer;
    private readonly CosineSchedule _schedule;
    private readonly TrainingState _state;
    private readonly string _recipe;

    /// <exception cref="ArgumentException">The options do not fit the data's dimensions.</exception>
    internal TrainingRun(IHost host, TrainingPairs pairs, IReadOnlyList<int> dimensions, TrainModalityNormalizationOptions options)
    {
        (_host, _pairs, _options) = (host, pairs, options);
        var output = GetOutputDimension(dimensions, options);
        var seed = SplitMix64.Mix((ulong)(uint)options.Seed);
        _shapes = [.. dimensions.Select(dimension => new HeadShape(options.Head, dimension, output, options.Momentum, options.Epsilon, seed))];
        var heads = new PairedHeads<float>(_shapes[0], _shapes[1], options.Loss, options.BatchSize, options.MaxDegreeOfParallelism);
        _state = new TrainingState(heads);
        _optimizer = new AdamW(options.WeightDecay, options.Beta1, options.Beta2, options.AdamEpsilon);
        var steps = pairs.BatchesPerEpoch * options.Epochs;
        _schedule = new CosineSchedule(options.LearningRate, options.WarmupShare < 1 ? Math.Min(options.WarmupSteps, (long)(steps * options.WarmupShare)) : options.WarmupSteps, steps);
        _recipe = DescribeRecipe(dimensions);
    }

    /// <summary>The parameters as they are.</summary>
    internal PairedHeads<float> Heads => _state.Heads;

    /// <summary>The dimension both heads yield.</summary>
    /// <exception cref="ArgumentException">The head or the options do not say which.</exception>
    internal static int GetOutputDimension(IReadOnlyList<int> dimensions, TrainModalityNormalizationOptions options)
    {
        if (options.OutputDimension is { } dimension)
            return dimension;
        return dimensions[0] == dimensions[1]
            ? dimensions[0]
            : throw new ArgumentException(
                $"The modalities have {dimensions[0]} and {dimensions[1]} dimensions. Choose a head with a linear layer, and its {nameof(TrainModalityNormalizationOptions.OutputDimension)}.",
                nameof(options));
    }

    /// <summary>Trains, and yields the map of each modality.</summary>
    /// <exception cref="InvalidDataException">The state is of another training, or the loss stopped being a number.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled; the state is stored where that is asked for.</exception>
    internal IReadOnlyList<EmbeddingMap> Run()
    {
        using var channel = _host.Start("Train modality normalization");
        using var progress = _host.StartProgressChannel("Train modality normalization");
        var total = _pairs.BatchesPerEpoch * _options.Epochs;
        progress.SetHeader(new ProgressHeader(["loss", "gap", "recall"], ["steps"]), entry =>
        {
            entry.SetProgress(0, Volatile.Read(ref _reportedStep), total);
            if (_state.Batch > 0)
                entry.SetMetric(0, _state.LossSum / _state.Batch);
        });
        if (_options.StatePath is { } path && File.Exists(path))
        {
            TrainingStateFile.Read(path, _state, _recipe, new TrainingPlan(_pairs.BatchesPerEpoch, _options.Epochs, _options.Patience is not null));
            channel.Info($"Goes on from '{path}', after {_state.Step} of {total} steps.");
        }

        channel.Info($"{_pairs.TrainedCount} pairs{(_pairs.IsInMemory ? "" : ", read anew each epoch")}, {(_pairs.HasHeldOut ? _pairs.Watched.Count : 0)} held out; {_options.Loss}.");
        while (!_state.IsFinished)
        {
            TrainEpoch();
            CompleteEpoch(channel, progress);
        }

        return CreateMaps();
    }

    private long _reportedStep;

    /// <summary>The rest of the epoch under way.</summary>
    internal void TrainEpoch()
    {
        using var team = ThreadTeam.Open(_options.MaxDegreeOfParallelism);
        foreach (var batch in _pairs.ReadEpoch(_state.Epoch, _state.Batch))
        {
            CheckAlive();
            Step(batch);
            if (_options.StateInterval is { } interval && _state.Step % interval == 0)
                StoreState();
        }
    }

    /// <summary>One batch.</summary>
    private void Step(TrainingBatch<float> batch)
    {
        batch.Seed = SplitMix64.Mix((ulong)(uint)_options.Seed ^ SplitMix64.Mix((ulong)_state.Step));
        var loss = Heads.ComputeGradients(batch);
        if (!double.IsFinite(loss) || !Heads.HaveFiniteGradients())
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"Step {_state.Step + 1} has the loss {loss} and a gradient that is no number: the learning rate of {_options.LearningRate:R} or a weight of the loss is too large."));
        }

        Heads.Update(_optimizer, _schedule.GetRate(_state.Step), _state.Step + 1);
        _state.Step++;
        _state.Batch++;
        _state.LossSum += loss;
        Volatile.Write(ref _reportedStep, _state.Step);
    }

    private void CompleteEpoch(IChannel channel, IProgressChannel progress)
    {
        var maps = CreateMaps();
        var measures = TrainingMeasures.Measure(_pairs, maps, _options.MaxDegreeOfParallelism);
        var epoch = new TrainingEpoch
        {
            Epoch = _state.Epoch + 1,
            Steps = _state.Step,
            Loss = _state.LossSum / _state.Batch,
            ValidationLoss = _pairs.HasHeldOut ? TrainingMeasures.MeasureLoss(_pairs.Watched, maps, Heads, _options) : null,
            Gap = measures.Gap,
            Recall = measures.Recall,
        };
        _state.Epochs.Add(epoch);
        _state.Epoch++;
        (_state.Batch, _state.LossSum) = (0, 0);
        _state.IsFinished = _state.Epoch == _options.Epochs;
        if (_options.Patience is { } patience)
            LookForBest(channel, patience);
        StoreState();

        channel.Info(epoch.ToString());
        progress.Checkpoint(epoch.Loss, epoch.Gap, epoch.Recall, (double)epoch.Steps);
        _options.EpochCompleted?.Invoke(epoch);
    }

    private void LookForBest(IChannel channel, int patience)
    {
        var best = _state.Epochs.MinBy(epoch => epoch.ValidationLoss)!;
        if (best.Epoch == _state.Epoch)
            _state.Best = _state.TakeSnapshot();
        else if (_state.Epoch - best.Epoch >= patience)
            _state.IsFinished = true;
        if (_state.IsFinished && best.Epoch < _state.Epoch)
        {
            channel.Info($"Goes back to epoch {best.Epoch}, after {_state.Epoch} of {_options.Epochs}: the held-out loss was lowest then.");
            _state.Restore(_state.Best!);
        }
    }

    private void CheckAlive()
    {
        try
        {
            _options.CancellationToken.ThrowIfCancellationRequested();
            _host.CheckAlive();
        }
        catch (OperationCanceledException)
        {
            StoreState();
            throw;
        }
    }

    private void StoreState()
    {
        if (_options.StatePath is { } path)
            TrainingStateFile.Write(path, _state, _recipe);
    }

    /// <exception cref="InvalidDataException">The parameters, each a number, make steps that are none.</exception>
    private IReadOnlyList<EmbeddingMap> CreateMaps()
    {
        try
        {
            return
            [
                HeadMap.Create(Heads.First, _shapes[0], _options.NormalizeInput, GetStatistics(Heads.First, 0)),
                HeadMap.Create(Heads.Second, _shapes[1], _options.NormalizeInput, GetStatistics(Heads.Second, 1)),
            ];
        }
        catch (ArgumentException exception)
        {
            throw new InvalidDataException(
                $"What was trained{(_options.StatePath is { } path ? $", of which '{path}' is the state," : "")} leaves float's range after step {_state.Step}: {exception.Message}", exception);
        }
    }

    private (double[] Mean, double[] Variance)? GetStatistics(ProjectionHead<float> head, int side) =>
        _options.Statistics == NormalizationStatistics.Exact
            ? (_pairs.Statistics[side].Mean.ToArray(), _pairs.Statistics[side].GetVariances())
            : head.BatchNorm?.GetRunningStatistics(_state.Step);

    /// <summary>All that the bits of the result depend on, a line each.</summary>
    private string DescribeRecipe(IReadOnlyList<int> dimensions)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var statistics in _pairs.Statistics)
            hash.AppendData(MemoryMarshal.AsBytes(statistics.Mean));
        return string.Join('\n', new FormattableString[]
        {
            $"{_pairs.TrainedCount} training pairs",
            $"{(_pairs.HasHeldOut ? _pairs.Watched.Count : 0)} pairs held out",
            $"dimensions {dimensions[0]} and {dimensions[1]}",
            $"means of the data with the hash {Convert.ToHexStringLower(hash.GetHashAndReset())[..16]}",
            $"normalised input {_options.NormalizeInput}",
            $"head {_options.Head} to {_shapes[0].OutputDimension} dimensions",
            $"loss {_options.Loss}",
            $"batch size {_options.BatchSize}",
            $"{_options.Epochs} epochs",
            $"learning rate {_options.LearningRate:R}",
            $"weight decay {_options.WeightDecay:R}",
            $"betas {_options.Beta1:R} and {_options.Beta2:R}, epsilon {_options.AdamEpsilon:R}",
            _options.WarmupShare == TrainModalityNormalizationOptions.DefaultWarmupShare
                ? $"{_options.WarmupSteps} steps of warm-up" : (FormattableString)$"{_options.WarmupSteps} steps of warm-up, at most {_options.WarmupShare:R} of all",
            $"momentum {_options.Momentum:R}, epsilon {_options.Epsilon:R}",
            $"statistics {_options.Statistics}",
            $"patience {_options.Patience}",
            $"seed {_options.Seed}",
            $"shuffle size {_options.ShuffleSize}",
        }.Select(FormattableString.Invariant));
    }
}
