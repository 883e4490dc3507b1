namespace Microsoft.ML.ModalityGap;

/// <summary>
/// How far a training is: everything a step depends on beside the data and the options. What is random is drawn from the seed, the epoch and the step, so their
/// numbers are its whole state.
/// </summary>
internal sealed class TrainingState(PairedHeads<float> heads)
{
    internal PairedHeads<float> Heads { get; } = heads;

    /// <summary>Steps taken.</summary>
    internal long Step { get; set; }

    /// <summary>The epoch under way, from 0.</summary>
    internal int Epoch { get; set; }

    /// <summary>Its batches done.</summary>
    internal long Batch { get; set; }

    /// <summary>The sum of their losses.</summary>
    internal double LossSum { get; set; }

    /// <summary>The epochs completed.</summary>
    internal List<TrainingEpoch> Epochs { get; } = [];

    /// <summary>Whether training came to its end.</summary>
    internal bool IsFinished { get; set; }

    /// <summary>The parameters and statistics of the epoch with the lowest held-out loss, where that is looked for.</summary>
    internal Snapshot? Best { get; set; }

    internal Snapshot TakeSnapshot() => new(
        Step,
        [.. Heads.Blocks.Select(block => block.Values.ToArray())],
        [.. BatchNorms.SelectMany(layer => new[] { layer.RunningMean.ToArray(), layer.RunningVariance.ToArray() })]);

    /// <summary>Goes back to parameters and statistics of before. The optimizer's memory stays: nothing is trained after this.</summary>
    internal void Restore(Snapshot snapshot)
    {
        Step = snapshot.Step;
        foreach (var (block, values) in Heads.Blocks.Zip(snapshot.Values))
            values.CopyTo(block.Values, 0);
        foreach (var (layer, i) in BatchNorms.Select((layer, i) => (layer, i)))
        {
            snapshot.Statistics[2 * i].CopyTo(layer.RunningMean, 0);
            snapshot.Statistics[2 * i + 1].CopyTo(layer.RunningVariance, 0);
        }
    }

    internal IEnumerable<BatchNormLayer<float>> BatchNorms => new[] { Heads.First.BatchNorm, Heads.Second.BatchNorm }.OfType<BatchNormLayer<float>>();

    /// <param name="Step">Steps taken until then.</param>
    /// <param name="Values">Per block of parameters.</param>
    /// <param name="Statistics">Per batch normalisation its running mean and its running variance.</param>
    internal sealed record Snapshot(long Step, IReadOnlyList<float[]> Values, IReadOnlyList<double[]> Statistics);
}
