using System.Numerics;

namespace Microsoft.ML.ModalityGap;

/// <summary>What is trained for one modality: batch normalisation, a linear layer, or one after the other; then normalisation to length 1.</summary>
internal sealed class ProjectionHead<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T[] _hidden = [];
    private readonly T[] _hiddenGradient = [];
    private readonly T[] _norms;
    private readonly int _inputDimension;

    internal ProjectionHead(HeadShape shape, int capacity, int maxDegreeOfParallelism)
    {
        (_inputDimension, OutputDimension) = (shape.InputDimension, shape.OutputDimension);
        if (shape.Head != TrainingHead.Linear)
            BatchNorm = new BatchNormLayer<T>(shape.InputDimension, shape.Momentum, shape.Epsilon);
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
        BatchNorm?.Begin(input, count);
        if (Linear is not null)
        {
            for (var row = 0; row < count && BatchNorm is not null; row++)
                BatchNorm.Forward(GetInput(input, row), _hidden.AsSpan(row * _inputDimension, _inputDimension));
            Linear.Forward(BatchNorm is null ? input : _hidden, count, Output);
        }

        for (var row = 0; row < count; row++)
        {
            var target = Output.AsSpan(row * OutputDimension, OutputDimension);
            if (Linear is null)
                BatchNorm!.Forward(GetInput(input, row), target);
            _norms[row] = UnitRow.Normalize<T>(target, target);
        }
    }

    internal void Backward(ReadOnlySpan<T> input, int count)
    {
        for (var row = 0; row < count; row++)
        {
            var own = OutputGradient.AsSpan(row * OutputDimension, OutputDimension);
            UnitRow.Backward<T>(Output.AsSpan(row * OutputDimension, OutputDimension), _norms[row], own, own);
            if (Linear is null)
                BatchNorm!.Backward(GetInput(input, row), own);
        }

        if (Linear is null)
            return;
        Linear.Backward(BatchNorm is null ? input : _hidden, OutputGradient, count, BatchNorm is null ? default : _hiddenGradient);
        for (var row = 0; row < count && BatchNorm is not null; row++)
            BatchNorm.Backward(GetInput(input, row), GetInput(_hiddenGradient, row));
    }

    private ReadOnlySpan<T> GetInput(ReadOnlySpan<T> rows, int row) => rows.Slice(row * _inputDimension, _inputDimension);
}
