using System.Globalization;

namespace TinyClip;

/// <summary>How training stands after an epoch.</summary>
/// <param name="Epoch">Its number, from 1.</param>
/// <param name="Loss">The mean loss of its batches.</param>
/// <param name="Temperature">The temperature learned so far.</param>
/// <param name="RecallAt1">Text to image, over scenes of the validation split and siblings of theirs.</param>
/// <param name="Order">The share of their captions of two groups that fit better than the scene with the groups swapped.</param>
/// <param name="CentroidDistance">The gap over the same scenes.</param>
/// <param name="Elapsed">Time since training began.</param>
internal sealed record TrainingProgress(
    int Epoch, double Loss, double Temperature, double RecallAt1, double Order, double CentroidDistance, TimeSpan Elapsed)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"epoch {Epoch,2}: loss {Loss:F4}, temperature {Temperature:F4}, validation recall@1 {RecallAt1:F3}, order {Order:F3}, "
        + $"gap {CentroidDistance:F3}, {Elapsed.TotalSeconds:F0} s");
}
