using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

/// <summary>How scores of captions go with people's marks: Kendall's τ_b and τ_c, each mark counted by itself and their mean.</summary>
internal sealed class CaptionRatingsTask : IBenchmarkTask
{
    private const string Score = "Score";
    private const string Marks = "Marks";

    public string Name => "caption-ratings";

    public bool Fits(BenchmarkData data) => data.Ratings.Count > 0;

    public IEnumerable<TaskMeasure> Measure(TaskInput input)
    {
        var ratings = input.Data.Ratings.Where(rating => input.Data.Images[rating.Image].Part == input.Part).ToList();
        var builder = new ArrayDataViewBuilder(input.ML);
        builder.AddColumn(Score, NumberDataViewType.Double, [.. ratings.Select(rating => input.Score(rating.Image, rating.Text))]);
        builder.AddColumn(Marks, NumberDataViewType.Single, [.. ratings.Select(rating => new VBuffer<float>(rating.Marks.Count, [.. rating.Marks]))]);
        var data = builder.GetDataView();
        foreach (var (counting, name) in new[] { (CaptionRatings.Each, "each mark"), (CaptionRatings.Mean, "mean mark") })
        {
            if (counting == CaptionRatings.Mean && ratings.TrueForAll(rating => rating.Marks.Count == 1))
                continue;
            var correlation = input.ML.ModalityGap().EvaluateCaptionMetric(data, Score, Marks, counting);
            yield return new($"Kendall tau-b, {name}", correlation.KendallTauB, correlation.Count);
            yield return new($"Kendall tau-c, {name}", correlation.KendallTauC, correlation.Count);
        }
    }
}
