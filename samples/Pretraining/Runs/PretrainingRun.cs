using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap;
using TinyClip;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Pretraining;

/// <summary>Trains one model, and logs each step.</summary>
internal sealed class PretrainingRun : IDisposable
{
    private readonly RunOptions _options;
    private readonly Corpus _corpus;
    private readonly LanguageModel _model;
    private readonly MLContext _ml = new();
    private SplitMix64 _random;

    internal PretrainingRun(RunOptions options, Corpus corpus)
    {
        (_options, _corpus, _random) = (options, corpus, new SplitMix64((ulong)options.Seed));
        random.manual_seed(options.Seed);
        _model = new LanguageModel(options.Shape, corpus.VocabularySize);
    }

    /// <exception cref="InvalidDataException">The loss is no number any more.</exception>
    internal RunRecord Run(Action<StepRecord> report)
    {
        Parameter[] weights = [.. _model.parameters()];
        using var optimizer = optim.AdamW(weights, lr: _options.LearningRate, beta2: 0.95, weight_decay: 0.1);
        using var pause = new CollectionPause();
        var steps = new List<StepRecord>(_options.Steps);
        for (var step = 0; step < _options.Steps; step++)
        {
            pause.BeforeStep();
            foreach (var group in optimizer.ParamGroups)
                group.LearningRate = _options.GetRate(step);
            steps.Add(Step(step, weights, optimizer));
            report(steps[^1]);
        }

        return new RunRecord(_options, _corpus.Source, _corpus.VocabularySize, MeasureHeldOut(), steps);
    }

    public void Dispose() => _model.Dispose();

    private StepRecord Step(int step, Parameter[] weights, optim.Optimizer optimizer)
    {
        using var scope = NewDisposeScope();
        var table = MeasureTokens();
        var (loss, outputVariance) = (0.0, 0.0);
        var sums = weights.Select(weight => zeros_like(weight)).ToArray();
        var squares = weights.Select(weight => zeros_like(weight)).ToArray();
        for (var part = 0; part < RunOptions.GradientParts; part++)
        {
            using var inner = NewDisposeScope();
            optimizer.zero_grad();
            var pieces = ToTensor(Corpus.Draw(_corpus.Train, RunOptions.PiecesPerPart, ref _random), RunOptions.PiecesPerPart);
            var partLoss = GetLoss(pieces);
            partLoss.backward();
            loss += partLoss.item<float>() / RunOptions.GradientParts;
            using var frozen = no_grad();
            if (part == 0)
                outputVariance = _model.Read(pieces[TensorIndex.Colon, TensorIndex.Slice(0, -1)]).var().item<float>();
            for (var i = 0; i < weights.Length; i++)
            {
                if (weights[i].grad is not { } gradient)
                    continue;
                sums[i].add_(gradient);
                squares[i].add_(gradient * gradient);
            }
        }

        if (!double.IsFinite(loss))
            throw new InvalidDataException($"The loss is {loss} at step {step} of {_options}. Lower the learning rate.");
        const int Parts = RunOptions.GradientParts;
        var (deviations, count, norm) = (0.0, 0L, 0.0);
        using (no_grad())
        {
            for (var i = 0; i < weights.Length; i++)
            {
                var mean = sums[i] / Parts;
                deviations += (squares[i] - mean * mean * Parts).sum().ToDouble() / (Parts - 1);
                count += weights[i].numel();
                norm += mean.square().sum().ToDouble();
                weights[i].grad?.copy_(mean);
            }
        }

        norm = Math.Sqrt(norm);
        nn.utils.clip_grad_norm_(weights, RunOptions.LargestGradientNorm);
        optimizer.step();
        return new StepRecord(step, loss, table.TokenVariability, table.TokenVariabilitySpread, Math.Max(0, deviations / count), norm, outputVariance);
    }

    private Tensor GetLoss(Tensor pieces)
    {
        using var scope = NewDisposeScope();
        var logits = _model.forward(pieces[TensorIndex.Colon, TensorIndex.Slice(0, -1)]);
        var next = pieces[TensorIndex.Colon, TensorIndex.Slice(1, null)];
        return nn.functional.cross_entropy(logits.reshape(-1, _corpus.VocabularySize), next.reshape(-1)).MoveToOuterDisposeScope();
    }

    /// <summary>TEV by the library's own measure.</summary>
    private EmbeddingTableMetrics MeasureTokens()
    {
        using var weight = _model.Tokens.weight!.detach().contiguous();
        var rows = weight.data<float>().ToArray().Chunk(_options.Shape.Width).Select(values => new TokenRow { Values = values });
        var definition = SchemaDefinition.Create(typeof(TokenRow));
        definition[nameof(TokenRow.Values)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, _options.Shape.Width);
        return _ml.ModalityGap().EvaluateEmbeddingTable(_ml.Data.LoadFromEnumerable(rows, definition), nameof(TokenRow.Values));
    }

    private double MeasureHeldOut()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var seeded = new SplitMix64(1);
        return GetLoss(ToTensor(Corpus.Draw(_corpus.HeldOut, RunOptions.HeldOutPieces, ref seeded), RunOptions.HeldOutPieces)).item<float>();
    }

    private static Tensor ToTensor(long[] pieces, int count) => tensor(pieces, ScalarType.Int64).view(count, ModelShape.ContextLength + 1);

    private sealed class TokenRow
    {
        public float[] Values { get; set; } = [];
    }
}
