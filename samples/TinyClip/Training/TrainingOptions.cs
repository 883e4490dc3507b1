namespace TinyClip;

/// <summary>What training may be told.</summary>
/// <param name="Seed">Decides weights, scenes, drawings and captions.</param>
/// <param name="Epochs">How many times <see cref="BatchesPerEpoch"/> batches are seen. No scene is stored; each batch is drawn anew.</param>
/// <param name="Threads">How many threads libtorch uses; part of what makes a run repeatable.</param>
internal sealed record TrainingOptions(int Seed, int Epochs, int Threads)
{
    internal const int BatchSize = 256, BatchesPerEpoch = 100, Dimension = 96, WarmUp = 100;
    internal const double LearningRate = 1.5e-3, WeightDecay = 0.02, InitialTemperature = 0.07, MaximalScale = 100;
}
