namespace Microsoft.ML.ModalityGap;

/// <summary>The gap itself, of each image with its first caption or with its class: CD, LS as 1 − MSE, RMG, and what belongs to them.</summary>
internal sealed class GapTask : IBenchmarkTask
{
    public string Name => "gap";

    public bool Fits(BenchmarkData data) => data.Captions.Count > 0 || data.Classes is not null;

    public IEnumerable<TaskMeasure> Measure(TaskInput input)
    {
        var (images, texts) = input.GetPairs();
        var metrics = input.ML.ModalityGap().Evaluate(
            BenchmarkMethods.CreateView(input.ML, (BenchmarkMethods.Image, images), (BenchmarkMethods.Text, texts)), BenchmarkMethods.Image, BenchmarkMethods.Text, new ModalityGapEvaluationOptions { Seed = input.Seed });
        yield return new("centroid distance", metrics.CentroidDistance, metrics.Count);
        if (metrics.RegressionSeparability is { } separability)
            yield return new("linear separability (1 - MSE)", separability, metrics.Count);
        if (metrics.LinearSeparability is { } accuracy)
            yield return new("linear separability (accuracy)", accuracy, metrics.Count);
        yield return new("relative modality gap", metrics.RelativeModalityGap, metrics.Count);
        yield return new("severity (0 low, 1 moderate, 2 severe)", (int)metrics.Severity, metrics.Count);
        yield return new("mean cosine of pairs", metrics.MeanPairCosine, metrics.Count);
    }
}
