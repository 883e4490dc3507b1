namespace TinyClip;

/// <summary>What training may be told, and what is settled.</summary>
/// <param name="Seed">Decides weights, scenes, drawings and captions.</param>
/// <param name="Epochs">How many times <see cref="BatchesPerEpoch"/> batches are seen. No scene is stored; each batch is drawn anew.</param>
/// <param name="Threads">How many threads libtorch uses; part of what makes a run repeatable.</param>
internal sealed record TrainingOptions(int Seed, int Epochs, int Threads)
{
    internal const int BatchSize = 128, BatchesPerEpoch = 100, WarmUp = 50, Dimension = 96;
    internal const double LearningRate = 1.5e-3, WeightDecay = 0.02, MaximalScale = 100;

    /// <summary>
    /// The temperature that training starts from; it is learned from there. CLIP starts at 0.07 and ends at 0.01, over 400 million pairs; in the minutes
    /// of this training it hardly moves, and at 0.07 the loss closes most of the gap that the encoders are born with (0.17 was left after 200 batches
    /// of 64, against 0.61 from 0.03).
    /// </summary>
    internal const double InitialTemperature = 0.02;
}
