using System.Collections.Concurrent;
using System.Diagnostics;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TinyClip;

/// <summary>Trains the two encoders with the symmetric InfoNCE loss of CLIP, whose temperature is learned with them.</summary>
internal sealed class Trainer : IDisposable
{
    private const int ValidationScenes = 300;

    private readonly TrainingOptions _options;
    private readonly CaptionTokenizer _tokenizer;
    private readonly Parameter _logScale;

    internal Trainer(TrainingOptions options, CaptionTokenizer tokenizer)
    {
        (_options, _tokenizer) = (options, tokenizer);
        set_num_threads(options.Threads);
        random.manual_seed(options.Seed);
        Images = new ImageEncoder(TrainingOptions.Dimension);
        Texts = new TextEncoder(tokenizer.VocabularySize, TrainingOptions.Dimension);
        _logScale = nn.Parameter(tensor((float)Math.Log(1 / TrainingOptions.InitialTemperature)));
    }

    internal ImageEncoder Images { get; }

    internal TextEncoder Texts { get; }

    internal double Temperature => Math.Exp(-_logScale.item<float>());

    /// <summary>Runs all epochs, tells <paramref name="afterEpoch"/> of each, and leaves the encoders in evaluation mode.</summary>
    internal void Run(Action<TrainingProgress> afterEpoch)
    {
        var lots = new SplitMix64(1);
        var validation = TrainingBatch.Create(
            TrainingBatch.DrawSiblings(SceneSplit.Validation, ValidationScenes, ref lots), scene => (scene.Captions[0], 0), _tokenizer);
        var total = _options.Epochs * TrainingOptions.BatchesPerEpoch;
        using var optimizer = optim.AdamW(
            [.. Images.parameters(), .. Texts.parameters(), _logScale], lr: TrainingOptions.LearningRate, beta2: 0.98, weight_decay: TrainingOptions.WeightDecay);
        var watch = Stopwatch.StartNew();
        using var batches = new BlockingCollection<TrainingBatch>(boundedCapacity: 4);
        var producer = Task.Run(() =>
        {
            try
            {
                for (var step = 0; step < total; step++)
                    batches.Add(TrainingBatch.Create(TrainingOptions.BatchSize, ((ulong)_options.Seed << 32) + (ulong)step, _tokenizer));
            }
            finally
            {
                batches.CompleteAdding();
            }
        });

        var (done, losses) = (0, 0.0);
        foreach (var batch in batches.GetConsumingEnumerable())
        {
            foreach (var group in optimizer.ParamGroups)
                group.LearningRate = LearningRateAt(done, total);
            losses += Step(batch, optimizer);
            if (++done % TrainingOptions.BatchesPerEpoch != 0)
                continue;

            Images.eval();
            var (recall, gap) = Validate(validation);
            Images.train();
            afterEpoch(new TrainingProgress(
                done / TrainingOptions.BatchesPerEpoch, losses / TrainingOptions.BatchesPerEpoch, Temperature, recall, gap, watch.Elapsed));
            losses = 0;
        }

        producer.GetAwaiter().GetResult();
        Images.eval();
    }

    /// <summary>One step down the loss, which is returned.</summary>
    private double Step(TrainingBatch batch, optim.Optimizer optimizer)
    {
        using var scope = NewDisposeScope();
        var (images, texts) = Encode(batch);
        var logits = _logScale.exp() * images.mm(texts.t());
        var partners = arange(batch.Size, ScalarType.Int64);
        var loss = (nn.functional.cross_entropy(logits, partners) + nn.functional.cross_entropy(logits.t(), partners)) / 2;
        optimizer.zero_grad();
        loss.backward();
        optimizer.step();
        using (no_grad())
            _logScale.clamp_(0, Math.Log(TrainingOptions.MaximalScale));
        return loss.item<float>();
    }

    /// <summary>Recall@1 of the captions, and the distance of the centroids.</summary>
    private (double Recall, double Gap) Validate(TrainingBatch batch)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var (images, texts) = Encode(batch);
        var hits = texts.mm(images.t()).argmax(1).eq(arange(batch.Size, ScalarType.Int64));
        return (hits.to(ScalarType.Float32).mean().item<float>(), (images.mean([0L]) - texts.mean([0L])).norm().item<float>());
    }

    /// <summary>Both sides of a batch as unit vectors.</summary>
    private (Tensor Images, Tensor Texts) Encode(TrainingBatch batch)
    {
        var images = Images.forward(tensor(batch.Pixels, [batch.Size, 3, TinyClipModel.ImageSize, TinyClipModel.ImageSize]));

        // Nothing beyond the batch's longest caption can be seen from an end token.
        var longest = Enumerable.Range(0, batch.Size).Max(row => batch.Mask.AsSpan(row * TinyClipModel.ContextLength, TinyClipModel.ContextLength).Count(1L));
        var ids = tensor(batch.Ids, [batch.Size, TinyClipModel.ContextLength]).narrow(1, 0, longest);
        var mask = tensor(batch.Mask, [batch.Size, TinyClipModel.ContextLength]).narrow(1, 0, longest);
        return (nn.functional.normalize(images), nn.functional.normalize(Texts.forward(ids, mask)));
    }

    /// <summary>Rises in a line, then falls as half a cosine.</summary>
    private static double LearningRateAt(int step, int total)
    {
        if (step < TrainingOptions.WarmUp)
            return TrainingOptions.LearningRate * (step + 1) / TrainingOptions.WarmUp;
        var share = (step - TrainingOptions.WarmUp) / (double)Math.Max(1, total - TrainingOptions.WarmUp);
        return TrainingOptions.LearningRate * (0.5 + (0.5 * Math.Cos(Math.PI * share)));
    }

    public void Dispose()
    {
        Images.Dispose();
        Texts.Dispose();
        _logScale.Dispose();
    }
}
