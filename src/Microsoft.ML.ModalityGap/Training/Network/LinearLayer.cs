using System.Numerics;
using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>y = W x + b, with W of shape k×d.</summary>
internal sealed class LinearLayer<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly int _maxDegreeOfParallelism;

    /// <summary>W begins as the identity where it is square, so that training begins at the embeddings as they are; otherwise at random, from the seed.</summary>
    internal LinearLayer(int inputDimension, int outputDimension, ulong seed, int maxDegreeOfParallelism)
    {
        (InputDimension, OutputDimension, _maxDegreeOfParallelism) = (inputDimension, outputDimension, maxDegreeOfParallelism);
        var weights = new T[outputDimension * inputDimension];
        if (inputDimension == outputDimension)
        {
            for (var i = 0; i < inputDimension; i++)
                weights[i * inputDimension + i] = T.One;
        }
        else
        {
            // Uniform within ±1/√d. Modalities of one dimension begin with the same W, so that partners stay near each other.
            var random = new SplitMix64(SplitMix64.Mix(seed ^ (ulong)inputDimension));
            var bound = 1 / Math.Sqrt(inputDimension);
            for (var i = 0; i < weights.Length; i++)
                weights[i] = T.CreateTruncating(bound * (2 * random.NextDouble() - 1));
        }

        Weights = new ParameterBlock<T>(weights, decays: true);
        Bias = new ParameterBlock<T>(new T[outputDimension], decays: true);
    }

    internal int InputDimension { get; }

    internal int OutputDimension { get; }

    internal ParameterBlock<T> Weights { get; }

    internal ParameterBlock<T> Bias { get; }

    internal void Forward(ReadOnlySpan<T> input, int count, Span<T> output)
    {
        TrainingMatrix.Multiply(input, false, Weights.Values, true, count, OutputDimension, InputDimension, output, accumulate: false, _maxDegreeOfParallelism);
        for (var row = 0; row < count; row++)
        {
            var target = output.Slice(row * OutputDimension, OutputDimension);
            TensorPrimitives.Add(target, Bias.Values, target);
        }
    }

    /// <summary>The gradients of W and b, and of the input where that is asked for.</summary>
    internal void Backward(ReadOnlySpan<T> input, ReadOnlySpan<T> outputGradient, int count, Span<T> inputGradient)
    {
        TrainingMatrix.Multiply(outputGradient, true, input, false, OutputDimension, InputDimension, count, Weights.Gradients, accumulate: false, _maxDegreeOfParallelism);
        var bias = Bias.Gradients.AsSpan();
        bias.Clear();
        for (var row = 0; row < count; row++)
            TensorPrimitives.Add(bias, outputGradient.Slice(row * OutputDimension, OutputDimension), bias);
        if (!inputGradient.IsEmpty)
            TrainingMatrix.Multiply(outputGradient, false, Weights.Values, false, count, InputDimension, OutputDimension, inputGradient, accumulate: false, _maxDegreeOfParallelism);
    }
}
