using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

/// <summary>A classifier bound to what goes into it, asked for one image at a time.</summary>
internal sealed class ModelClassifier(ClassifyZeroShotTransformer classifier, ModelEngine<VBuffer<float>> engine) : IDisposable
{
    internal IReadOnlyList<string> Names => classifier.Classes.Names;

    /// <summary>All classes, the likeliest first; of equally likely ones that named first.</summary>
    internal IReadOnlyList<ClassPrediction> Classify(Action<ModelRow, DataViewSchema.Column[]> set, string what)
    {
        var scores = engine.Run(set, value => value.DenseValues().ToArray());
        if (scores.Any(float.IsNaN))
            throw new InvalidDataException($"{what} cannot be classified: its embedding has no direction.");
        var isSingle = classifier.Options.Mode == ZeroShotMode.SingleLabel;
        var best = Array.IndexOf(scores, scores.Max());

        // Of several labels the score is a sigmoid around the class's threshold.
        return [.. scores.Select((score, i) => new ClassPrediction(Names[i], score, isSingle ? i == best : score >= 0.5f)).OrderByDescending(entry => entry.Probability)];
    }

    public void Dispose() => engine.Dispose();
}
