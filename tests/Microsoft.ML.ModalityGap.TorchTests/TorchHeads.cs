using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.ModalityGap.TorchTests;

/// <summary>The same heads in TorchSharp: its BatchNorm1d, its linear layer, its normalisation, its autograd, its AdamW.</summary>
internal sealed class TorchHeads : IDisposable
{
    private readonly (BatchNorm1d? BatchNorm, Linear? Linear)[] _heads;
    private readonly optim.Optimizer _optimizer;
    private readonly optim.Optimizer? _scalarOptimizer;

    /// <summary>Heads that begin where the library's do.</summary>
    internal TorchHeads(PairedHeads<float> start, double weightDecay)
    {
        _heads = [Create(start.First), Create(start.Second)];
        Scalars = [.. start.Loss.Parameters.Values.Select(value => nn.Parameter(tensor(value)))];
        _optimizer = optim.AdamW(_heads.SelectMany(Parameters), lr: 1, weight_decay: weightDecay);
        if (Scalars.Length > 0)
            _scalarOptimizer = optim.AdamW(Scalars, lr: 1, weight_decay: 0);
    }

    /// <summary>What the loss itself learns.</summary>
    internal Parameter[] Scalars { get; }

    /// <summary>All parameters and running statistics in the library's order.</summary>
    internal IEnumerable<float[]> State =>
    [
        .. _heads.SelectMany(Parameters).Concat(Scalars).Select(Read),
        .. _heads.SelectMany(head => head.BatchNorm is { } layer ? new[] { Read(layer.running_mean!), Read(layer.running_var!) } : []),
    ];

    internal double Step(TrainingBatch<float> batch, double learningRate, Func<Tensor, Tensor, Parameter[], Tensor> loss)
    {
        using var scope = NewDisposeScope();
        foreach (var group in _optimizer.ParamGroups.Concat(_scalarOptimizer?.ParamGroups ?? []))
            group.LearningRate = learningRate;
        var value = loss(Forward(_heads[0], batch.First.Values, batch.Count), Forward(_heads[1], batch.Second.Values, batch.Count), Scalars);
        _optimizer.zero_grad();
        _scalarOptimizer?.zero_grad();
        value.backward();
        _optimizer.step();
        _scalarOptimizer?.step();
        return value.item<float>();
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _scalarOptimizer?.Dispose();
    }

    private static Tensor Forward((BatchNorm1d? BatchNorm, Linear? Linear) head, float[] rows, int count)
    {
        var x = tensor(rows, [count, rows.Length / count]);
        if (head.BatchNorm is not null)
            x = head.BatchNorm.forward(x);
        if (head.Linear is not null)
            x = head.Linear.forward(x);
        return nn.functional.normalize(x, dim: 1);
    }

    private static (BatchNorm1d?, Linear?) Create(ProjectionHead<float> head)
    {
        var batchNorm = head.BatchNorm is { } layer ? nn.BatchNorm1d(layer.RunningMean.Length) : null;
        if (head.Linear is not { } start)
            return (batchNorm, null);

        var linear = nn.Linear(start.InputDimension, start.OutputDimension);
        using (no_grad())
        {
            linear.weight.copy_(tensor(start.Weights.Values, [start.OutputDimension, start.InputDimension]));
            linear.bias!.copy_(tensor(start.Bias.Values));
        }

        return (batchNorm, linear);
    }

    private static IEnumerable<Parameter> Parameters((BatchNorm1d? BatchNorm, Linear? Linear) head) =>
    [
        .. head.BatchNorm is { } layer ? new[] { layer.weight!, layer.bias! } : [],
        .. head.Linear is { } linear ? new[] { linear.weight!, linear.bias! } : [],
    ];

    private static float[] Read(Tensor values) => values.detach().contiguous().data<float>().ToArray();
}
