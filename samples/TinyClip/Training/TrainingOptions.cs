using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TinyClip;

/// <summary>What training may be told, and what is settled.</summary>
/// <param name="Seed">Decides weights, scenes, drawings and captions.</param>
/// <param name="Epochs">How many times <see cref="BatchesPerEpoch"/> batches are seen. No scene is stored; each batch is drawn anew.</param>
/// <param name="Threads">How many threads libtorch uses; part of what makes a run repeatable.</param>
/// <param name="Attention">How the text encoder's attention projects.</param>
internal sealed record TrainingOptions(int Seed, int Epochs, int Threads, AttentionKind Attention = AttentionKind.MultiHead)
{
    /// <summary>The rank of the factors of <see cref="AttentionKind.LowRank"/>: a quarter of the width.</summary>
    internal const int AttentionRank = TextEncoder.Width / 4;

    internal const int BatchSize = 64, BatchesPerEpoch = 200, WarmUp = 50, Dimension = 96;
    internal const int SightBatches = 600, ReadingBatches = 300, ReadingBatchSize = 128;
    internal const double LearningRate = 2e-3, WeightDecay = 0.02, MaximalScale = 100;

    /// <summary>
    /// The temperature that training starts from; it is learned from there. CLIP starts at 0.07 and ends at 0.01, over 400 million pairs; the minutes of
    /// this training hardly move it, and at 0.07 the embeddings spread until little is left of the gap that the encoders are born with. So it
    /// starts where CLIP ends.
    /// </summary>
    internal const double InitialTemperature = 0.01;

    /// <summary>
    /// The standard deviation of the text projection's first bias. CLIP's projections have none; here it makes the cone that the texts are born into narrow
    /// enough to outlast the training, which spreads the embeddings apart and so shortens the means that the gap lies between.
    /// </summary>
    internal const double TextBias = 8;

    /// <summary>
    /// The share of the lesson in seeing that has single objects only, by which shapes are learned first. (With a tenth, and shapes weighted like the rest, 65 % of
    /// them were told in the end; with this share and their double weight 96 %.)
    /// </summary>
    internal const double SinglesFirst = 0.3;

    /// <summary>AdamW at <see cref="LearningRate"/>.</summary>
    internal static AdamW CreateOptimizer(IEnumerable<Parameter> parameters) => optim.AdamW(parameters, lr: LearningRate, beta2: 0.98, weight_decay: WeightDecay);

    /// <summary>Lets the rate rise in a line over <see cref="WarmUp"/> steps, then fall as half a cosine, to nothing after the last.</summary>
    internal static void SetLearningRate(AdamW optimizer, int step, int total)
    {
        var share = (step - WarmUp) / (double)Math.Max(1, total - WarmUp);
        var rate = LearningRate * (step < WarmUp ? (step + 1) / (double)WarmUp : 0.5 + (0.5 * Math.Cos(Math.PI * share)));
        foreach (var group in optimizer.ParamGroups)
            group.LearningRate = rate;
    }
}
