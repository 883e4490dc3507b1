namespace Microsoft.ML.ModalityGap;

/// <summary>A trained head as the <see cref="EmbeddingMap"/> it is once its statistics stand still.</summary>
internal static class HeadMap
{
    /// <summary>[normalise,] −m, ·γ/√(v + ε), +β, [W, +b,] normalise.</summary>
    /// <param name="head">The head.</param>
    /// <param name="shape">How it was built.</param>
    /// <param name="normalizesInput">Whether the map begins with a normalisation.</param>
    /// <param name="statistics">m and v; <see langword="null"/> for a head without batch normalisation.</param>
    internal static EmbeddingMap Create(ProjectionHead<float> head, HeadShape shape, bool normalizesInput, (double[] Mean, double[] Variance)? statistics)
    {
        var steps = new List<EmbeddingMapStep>();
        if (normalizesInput)
            steps.Add(new L2NormalizeStep());
        if (head.BatchNorm is { } batchNorm)
        {
            var (mean, variance) = statistics ?? throw new InvalidOperationException("A head with batch normalisation needs statistics.");
            steps.Add(new TranslateStep(Array.ConvertAll(mean, value => (float)-value)));
            steps.Add(new ScaleStep([.. variance.Select((value, d) => (float)(batchNorm.Gamma.Values[d] / Math.Sqrt(value + shape.Epsilon)))]));
            steps.Add(new TranslateStep(batchNorm.Beta.Values));
        }

        if (head.Linear is { } linear)
        {
            steps.Add(new ProjectStep(linear.Weights.Values, shape.OutputDimension));
            steps.Add(new TranslateStep(linear.Bias.Values));
        }

        steps.Add(new L2NormalizeStep());
        return new EmbeddingMap(shape.InputDimension, steps);
    }
}
