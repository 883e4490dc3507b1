using System.Numerics;

namespace Microsoft.ML.ModalityGap;

/// <summary>What is trained for one modality: batch normalisation, a linear layer, or one after the other; then normalisation to length 1.</summary>
internal sealed class ProjectionHead<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T[] _hidden = [];
    private readonly T[] _hiddenGradient = [];
    private readonly T[] _norms;

    internal ProjectionHead(HeadShape shape, int capacity, int maxDegreeOfParallelism)
    {
        OutputDimension = shape.OutputDimension;
        if (shape.Head != TrainingHead.Linear)
            BatchNorm = new BatchNormLayer<T>(shape.InputDimension, capacity, shape.Momentum, shape.Epsilon);
        if (shape.Head != TrainingHead.BatchNorm)
            Linear = new LinearLayer<T>(shape.InputDimension, shape.OutputDimension, shape.Seed, maxDegreeOfParallelism);
        if (shape.Head == TrainingHead.BatchNormThenLinear)
            (_hidden, _hiddenGradient) = (new T[capacity * shape.InputDimension], new T[capacity * shape.InputDimension]);
        Output = new T[capacity * OutputDimension];
        OutputGradient = new T[capacity * OutputDimension];
        _norms = new T[capacity];
        Blocks = [.. BatchNorm is null ? [] : new[] { BatchNorm.Gamma, BatchNorm.Beta }, .. Linear is null ? [] : new[] { Linear.Weights, Linear.Bias }];
    }

    internal int OutputDimension { get; }

    internal BatchNormLayer<T>? BatchNorm { get; }

    internal LinearLayer<T>? Linear { get; }

    /// <summary>What is trained, in the order it is stored.</summary>
    internal IReadOnlyList<ParameterBlock<T>> Blocks { get; }

    /// <summary>The unit vectors of the last batch.</summary>
    internal T[] Output { get; }

    /// <summary>Their gradient, which <see cref="Backward"/> begins with and overwrites.</summary>
    internal T[] OutputGradient { get; }

    internal void Forward(ReadOnlySpan<T> input, int count)
    {
        Span<T> output = Output;
        if (BatchNorm is null)
        {
            Linear!.Forward(input, count, output);
        }
        else if (Linear is null)
        {
            BatchNorm.Forward(input, count, output);
        }
        else
        {
            BatchNorm.Forward(input, count, _hidden);
            Linear.Forward(_hidden, count, output);
        }

        for (var row = 0; row < count; row++)
        {
            var target = output.Slice(row * OutputDimension, OutputDimension);
            _norms[row] = UnitRow.Normalize<T>(target, target);
        }
    }

    internal void Backward(ReadOnlySpan<T> input, int count)
    {
        Span<T> gradient = OutputGradient;
        for (var row = 0; row < count; row++)
        {
            var own = gradient.Slice(row * OutputDimension, OutputDimension);
            UnitRow.Backward<T>(Output.AsSpan(row * OutputDimension, OutputDimension), _norms[row], own, own);
        }

        if (BatchNorm is null)
        {
            Linear!.Backward(input, gradient, count, default);
        }
        else if (Linear is null)
        {
            BatchNorm.Backward(gradient, count);
        }
        else
        {
            Linear.Backward(_hidden, gradient, count, _hiddenGradient);
            BatchNorm.Backward(_hiddenGradient, count);
        }
    }
}
