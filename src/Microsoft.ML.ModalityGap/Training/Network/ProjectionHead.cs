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
        if (Linear is not null)
            _hidden = new T[capacity * shape.InputDimension];
        if (shape.Head == TrainingHead.BatchNormThenLinear)
            _hiddenGradient = new T[capacity * shape.InputDimension];
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

    internal void Forward(BatchRows<T> input)
    {
        BatchNorm?.Begin(input);
        if (BatchNorm is null)
            input.CopyTo(_hidden);
        for (var row = 0; row < input.Count && Linear is not null && BatchNorm is not null; row++)
            BatchNorm.Forward(input[row], GetRow(_hidden, row));
        Linear?.Forward(_hidden, input.Count, Output);
        for (var row = 0; row < input.Count; row++)
        {
            var target = Output.AsSpan(row * OutputDimension, OutputDimension);
            if (Linear is null)
                BatchNorm!.Forward(input[row], target);
            _norms[row] = UnitRow.Normalize<T>(target, target);
        }
    }

    internal void Backward(BatchRows<T> input)
    {
        for (var row = 0; row < input.Count; row++)
        {
            var unit = Output.AsSpan(row * OutputDimension, OutputDimension);
            var own = OutputGradient.AsSpan(row * OutputDimension, OutputDimension);
            if (Linear is null)
                BatchNorm!.Backward(input[row], unit, _norms[row], own, input.GetNext(row));
            else
                UnitRow.Backward<T>(unit, _norms[row], own, own);
        }

        Linear?.Backward(_hidden, OutputGradient, input.Count, _hiddenGradient);
        for (var row = 0; row < input.Count && Linear is not null && BatchNorm is not null; row++)
            BatchNorm.Backward(input[row], GetRow(_hiddenGradient, row));
    }

    private Span<T> GetRow(T[] rows, int row) => rows.AsSpan(row * _inputDimension, _inputDimension);
}
