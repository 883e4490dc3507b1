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
    /// The temperature that training starts from; it is learned from there. CLIP starts at 0.07 and ends at 0.01, over 400 million pairs; the minutes of
    /// this training hardly move it, and at 0.07 the embeddings spread until little is left of the gap that the encoders are born with. So it
    /// starts where CLIP ends.
    /// </summary>
    internal const double InitialTemperature = 0.01;

    /// <summary>
    /// The standard deviation of the text projection's first bias. CLIP's projections have none; here it makes the cone that the texts are born into narrow
    /// enough to outlast the training, which spreads the embeddings apart and so shortens the means that the gap lies between (0.44 was left after
    /// seven epochs without it).
    /// </summary>
    internal const double TextBias = 4;
}
