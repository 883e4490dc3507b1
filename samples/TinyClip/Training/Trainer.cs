using System.Collections.Concurrent;
using System.Diagnostics;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TinyClip;

/// <summary>Trains the two encoders with the symmetric InfoNCE loss of CLIP, whose temperature is learned with them.</summary>
internal sealed class Trainer : IDisposable
{
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

    /// <summary>Runs all epochs; <paramref name="afterEpoch"/> is told epoch, mean loss and seconds so far, with the encoders in evaluation mode.</summary>
    internal void Run(Action<int, double, double> afterEpoch)
    {
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
            Texts.eval();
            afterEpoch(done / TrainingOptions.BatchesPerEpoch, losses / TrainingOptions.BatchesPerEpoch, watch.Elapsed.TotalSeconds);
            Images.train();
            Texts.train();
            losses = 0;
        }

        producer.GetAwaiter().GetResult();
        Images.eval();
        Texts.eval();
    }

    /// <summary>One step down the loss, which is returned.</summary>
    private double Step(TrainingBatch batch, optim.Optimizer optimizer)
    {
        using var scope = NewDisposeScope();
        const int size = TrainingOptions.BatchSize;
        var images = nn.functional.normalize(Images.forward(tensor(batch.Pixels, [size, 3, TinyClipModel.ImageSize, TinyClipModel.ImageSize])));

        // Nothing beyond the batch's longest caption can be seen from an end token.
        var longest = (int)Enumerable.Range(0, size).Max(row => batch.Mask.AsSpan(row * TinyClipModel.ContextLength, TinyClipModel.ContextLength).Count(1L));
        var ids = tensor(batch.Ids, [size, TinyClipModel.ContextLength]).narrow(1, 0, longest);
        var mask = tensor(batch.Mask, [size, TinyClipModel.ContextLength]).narrow(1, 0, longest);
        var texts = nn.functional.normalize(Texts.forward(ids, mask));

        var logits = _logScale.exp() * images.mm(texts.t());
        var partners = arange(size, ScalarType.Int64);
        var loss = (nn.functional.cross_entropy(logits, partners) + nn.functional.cross_entropy(logits.t(), partners)) / 2;
        optimizer.zero_grad();
        loss.backward();
        optimizer.step();
        using (no_grad())
            _logScale.clamp_(0, Math.Log(TrainingOptions.MaximalScale));
        return loss.item<float>();
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
