namespace Microsoft.ML.ModalityGap;

/// <summary>The steps maps are made of, from numbers in double.</summary>
internal static class MapSteps
{
    /// <summary>normalise (where the options say so), the steps given, normalise.</summary>
    internal static EmbeddingMap Create(ModalityFitOptions options, int dimension, params IEnumerable<EmbeddingMapStep> steps) =>
        new(dimension, [.. options.NormalizeInput ? [new L2NormalizeStep()] : Array.Empty<EmbeddingMapStep>(), .. steps, new L2NormalizeStep()]);

    /// <summary>x + factor·v.</summary>
    internal static TranslateStep Translate(ReadOnlySpan<double> vector, double factor = 1)
    {
        var offset = new float[vector.Length];
        for (var i = 0; i < offset.Length; i++)
            offset[i] = (float)(factor * vector[i]);
        return new TranslateStep(offset);
    }

    /// <summary>M x, with M of <paramref name="rows"/> rows.</summary>
    internal static ProjectStep Project(double[] matrix, int rows) => new(DoubleMatrix.ToSingle(matrix), rows);

    /// <summary>Each dimension times a factor of its own.</summary>
    internal static ScaleStep Scale(double[] factors) => new(DoubleMatrix.ToSingle(factors));
}
