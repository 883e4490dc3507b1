using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// The gap by how many pairs the method is fitted on, as in Table 3 of the I0T paper: of the measured part's own pairs where the method is fitted on those, otherwise of one half, measured on the other. Methods with a choice in them
/// (raw, select) take no part.
/// </summary>
internal sealed class FittingRowsTask : IBenchmarkTask
{
    public string Name => "fitting-rows";

    public bool Fits(BenchmarkData data) => data.Captions.Count > 0;

    public IEnumerable<TaskMeasure> Measure(TaskInput input)
    {
        if (BenchmarkMethods.FindMaps(input.ML, input.Method.Name) is not { } method)
            yield break;
        var pairs = input.GetRawPairs();
        var first = pairs.TextItems.Index().DistinctBy(entry => entry.Item).ToDictionary(entry => entry.Item, entry => entry.Index, StringComparer.Ordinal);
        var view = BenchmarkMethods.CreateView(
            input.ML, (BenchmarkMethods.Image, pairs.Images), (BenchmarkMethods.Text, pairs.Texts.Take([.. pairs.ImageItems.Select(item => first[item])])));
        var curve = input.ML.ModalityGap().ComputeLearningCurve(view, BenchmarkMethods.Image, BenchmarkMethods.Text, method, new LearningCurveOptions
        {
            HeldOutFraction = input.IsFittedOnMeasured ? 0 : 0.5,
            Seed = input.Seed,
            CancellationToken = input.CancellationToken,
        });
        foreach (var point in curve.Points)
        {
            for (var i = 0; i < curve.Measures.Count; i++)
                yield return new(string.Create(CultureInfo.InvariantCulture, $"{curve.Measures[i]}, {point.PairCount} pairs"), point.Means[i], curve.MeasuredCount);
        }
    }
}
