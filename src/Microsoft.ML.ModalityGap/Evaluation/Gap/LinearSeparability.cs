using System.Numerics.Tensors;
using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

/// <summary>The held-out accuracy of a logistic regression that tells two modalities apart.</summary>
internal static class LinearSeparability
{
    internal const int MinimumPairs = 4;

    /// <summary>Half the pairs train, half test; both rows of a pair stay on the same side. <see langword="null"/> with fewer than 4 pairs.</summary>
    internal static double? Measure(EmbeddingPairs pairs, int sampleSize, int seed)
    {
        if (pairs.Count < MinimumPairs)
            return null;

        var sample = Draw(pairs.Count, sampleSize, seed);

        // ML.NET's own trainer, in a context of its own: on one thread, so that the same seed gives the same figure.
        var context = new MLContext(seed);
        var definition = SchemaDefinition.Create(typeof(Example));
        definition[nameof(Example.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, pairs.Dimension);
        var training = context.Data.LoadFromEnumerable(CreateExamples(pairs, sample[..(sample.Length / 2)]), definition);
        var options = new Trainers.LbfgsLogisticRegressionBinaryTrainer.Options { NumberOfThreads = 1 };
        var model = context.BinaryClassification.Trainers.LbfgsLogisticRegression(options).Fit(training).Model.SubModel;

        // Its evaluator would compile some 300 methods for this one figure, a tenth of what a small evaluation takes.
        var weights = model.Weights.ToArray();
        var test = CreateExamples(pairs, sample[(sample.Length / 2)..]);
        return (double)test.Count(example => (TensorPrimitives.Dot(weights, example.Features) + model.Bias > 0) == example.Label) / test.Count;
    }

    /// <summary>At most so many numbers of pairs, in random order.</summary>
    internal static ReadOnlySpan<int> Draw(int count, int sampleSize, int seed)
    {
        var order = Enumerable.Range(0, count).ToArray();
        new Random(seed).Shuffle(order);
        return order.AsSpan(0, Math.Min(sampleSize, order.Length));
    }

    private static List<Example> CreateExamples(EmbeddingPairs pairs, ReadOnlySpan<int> rows)
    {
        // Unit vectors of d dimensions have entries of about 1/√d; the trainer's regularisation is meant for entries of about 1.
        var scale = MathF.Sqrt(pairs.Dimension);
        var examples = new List<Example>(2 * rows.Length);
        foreach (var row in rows)
        {
            examples.Add(new Example { Features = Scale(pairs.GetFirst(row), scale), Label = false });
            examples.Add(new Example { Features = Scale(pairs.GetSecond(row), scale), Label = true });
        }

        return examples;
    }

    private static float[] Scale(ReadOnlySpan<float> row, float factor)
    {
        var result = new float[row.Length];
        TensorPrimitives.Multiply(row, factor, result);
        return result;
    }

    private sealed class Example
    {
        public float[] Features { get; init; } = [];

        public bool Label { get; init; }
    }
}
