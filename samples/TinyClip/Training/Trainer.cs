using System.Diagnostics;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TinyClip;

/// <summary>
/// Trains the two encoders: each alone in a <see cref="Lesson"/>, to see and to read; then both together with the symmetric InfoNCE loss of CLIP, whose
/// temperature is learned with them.
/// </summary>
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
        Texts = new TextEncoder(tokenizer.VocabularySize, TrainingOptions.Dimension, options.Attention);
        _logScale = nn.Parameter(tensor((float)Math.Log(1 / TrainingOptions.InitialTemperature)));
    }

    internal ImageEncoder Images { get; }

    internal TextEncoder Texts { get; }

    internal double Temperature => Math.Exp(-_logScale.item<float>());

    /// <summary>Trains, tells <paramref name="report"/> of the first lesson and of each epoch, and leaves the encoders in evaluation mode.</summary>
    internal void Run(Action<string> report)
    {
        var watch = Stopwatch.StartNew();
        Lesson.Run(
            "seeing", Question.OfPictures, Images, ImageEncoder.Hidden, batch => Images.See(batch.ToPixels()), TrainingOptions.SightBatches,
            number => DrawBatch(1, number, TrainingOptions.BatchSize, singlesOnly: number < TrainingOptions.SinglesFirst * TrainingOptions.SightBatches), report);
        Lesson.Run(
            "reading", Question.OfCaptions, Texts, TextEncoder.Width, Read, TrainingOptions.ReadingBatches,
            number => DrawBatch(2, number, TrainingOptions.ReadingBatchSize, isDrawn: false), report);

        var validation = TrainingBatch.CreateValidation(ValidationScenes, _tokenizer);
        var total = _options.Epochs * TrainingOptions.BatchesPerEpoch;
        using var optimizer = TrainingOptions.CreateOptimizer([.. Images.parameters(), .. Texts.parameters(), _logScale]);
        using var pause = new CollectionPause();
        var (done, losses) = (0, 0.0);
        foreach (var batch in TrainingBatches.Draw(total, number => DrawBatch(0, number, TrainingOptions.BatchSize)))
        {
            pause.BeforeStep();
            TrainingOptions.SetLearningRate(optimizer, done, total);
            losses += Step(batch, optimizer);
            if (++done % TrainingOptions.BatchesPerEpoch != 0)
                continue;

            Images.eval();
            var (recall, order, gap) = Validate(validation);
            Images.train();
            report(new TrainingProgress(
                done / TrainingOptions.BatchesPerEpoch, losses / TrainingOptions.BatchesPerEpoch, Temperature, recall, order, gap, watch.Elapsed).ToString());
            losses = 0;
        }

        Images.eval();

        Tensor Read(TrainingBatch batch)
        {
            var (ids, mask) = batch.ToTokens();
            return Texts.Read(ids, mask);
        }

        TrainingBatch DrawBatch(int lesson, int number, int size, bool singlesOnly = false, bool isDrawn = true) => TrainingBatch.Create(
            size, ((ulong)_options.Seed << 32) + ((ulong)lesson << 28) + (ulong)number, _tokenizer, singlesOnly, isDrawn);
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

    /// <summary>Recall@1 of the captions, the share of them that fit their scene better than the one with the groups swapped, and the distance of the centroids.</summary>
    private (double Recall, double Order, double Gap) Validate(TrainingBatch batch)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var (images, texts) = Encode(batch);
        var cosines = texts.mm(images.t());
        var hits = cosines.argmax(1).eq(arange(batch.Size, ScalarType.Int64));

        var all = cosines.contiguous().data<float>().ToArray();
        var rows = batch.Scenes.Index().ToDictionary(scene => scene.Item, scene => scene.Index);
        var swaps = rows.Where(row => row.Key.Swapped is not null && row.Key.Swapped != row.Key && rows.ContainsKey(row.Key.Swapped))
            .Select(row => (Right: all[(row.Value * batch.Size) + row.Value], Wrong: all[(row.Value * batch.Size) + rows[row.Key.Swapped!]])).ToArray();
        return (
            hits.to(ScalarType.Float32).mean().item<float>(),
            swaps.Count(swap => swap.Right > swap.Wrong) / (double)swaps.Length,
            (images.mean([0L]) - texts.mean([0L])).norm().item<float>());
    }

    /// <summary>Both sides of a batch as unit vectors.</summary>
    private (Tensor Images, Tensor Texts) Encode(TrainingBatch batch)
    {
        var (ids, mask) = batch.ToTokens();
        return (nn.functional.normalize(Images.forward(batch.ToPixels())), nn.functional.normalize(Texts.forward(ids, mask)));
    }

    public void Dispose()
    {
        Images.Dispose();
        Texts.Dispose();
        _logScale.Dispose();
    }
}
