using System.Numerics;
using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>Both modalities' heads and the loss that trains them.</summary>
internal sealed class PairedHeads<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly int _maxDegreeOfParallelism;

    /// <exception cref="ArgumentException">The heads' outputs differ in dimension, or the loss does not fit it.</exception>
    internal PairedHeads(HeadShape first, HeadShape second, Loss loss, int capacity, int maxDegreeOfParallelism)
    {
        if (first.OutputDimension != second.OutputDimension)
            throw new ArgumentException($"Both heads must yield the same dimension, not {first.OutputDimension} and {second.OutputDimension}.", nameof(second));
        _maxDegreeOfParallelism = maxDegreeOfParallelism;

        // Of two heads that run side by side each has one core to itself.
        First = new ProjectionHead<T>(first, capacity, maxDegreeOfParallelism);
        Second = new ProjectionHead<T>(second, capacity, maxDegreeOfParallelism);
        Loss = new LossEvaluator<T>(loss, first.OutputDimension, capacity, maxDegreeOfParallelism);
        Blocks = [.. First.Blocks, .. Second.Blocks, Loss.Parameters];
    }

    internal ProjectionHead<T> First { get; }

    internal ProjectionHead<T> Second { get; }

    internal LossEvaluator<T> Loss { get; }

    /// <summary>All that is trained, in the order it is stored.</summary>
    internal IReadOnlyList<ParameterBlock<T>> Blocks { get; }

    /// <summary>The loss of a batch, with the batch's own statistics, which the running ones follow; all gradients are left in <see cref="Blocks"/>.</summary>
    internal double ComputeGradients(TrainingBatch<T> batch)
    {
        Both(first => Get(first).Forward(first ? batch.First : batch.Second));
        var loss = Loss.Evaluate(batch, First.Output, Second.Output, First.OutputGradient, Second.OutputGradient);
        Both(first => Get(first).Backward(first ? batch.First : batch.Second));
        return loss;
    }

    /// <summary>Whether a step can be taken. A NaN or an infinity anywhere is one in the sum; overflow would take gradients that are as useless.</summary>
    internal bool HaveFiniteGradients() => Blocks.All(block => T.IsFinite(TensorPrimitives.SumOfMagnitudes<T>(block.Gradients)));

    /// <summary>A step against the gradients.</summary>
    internal void Update(AdamW optimizer, double learningRate, long step)
    {
        foreach (var block in Blocks)
            optimizer.Update(block, learningRate, step);
        Loss.LimitParameters();
    }

    private ProjectionHead<T> Get(bool first) => first ? First : Second;

    private void Both(Action<bool> work) => ParallelFor.Run(2, _maxDegreeOfParallelism, index => work(index == 0));
}
