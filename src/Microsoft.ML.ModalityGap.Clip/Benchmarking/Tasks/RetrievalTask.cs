using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>Retrieval of captions by images and of images by captions: with the first caption of each image, as I0T's tables have it, or with all.</summary>
internal sealed class RetrievalTask(string name, bool takesAll) : IBenchmarkTask
{
    private static readonly int[] _cutoffs = [1, 5, 10];

    public string Name => name;

    // With one caption an image both tasks would be the same.
    public bool Fits(BenchmarkData data) => data.Captions.Count > 0 && (!takesAll || data.Captions.Count > data.Captions.DistinctBy(caption => caption.Image).Count());

    public IEnumerable<TaskMeasure> Measure(TaskInput input)
    {
        var captions = input.GetCaptions(takesAll);
        var images = captions.Select(caption => caption.Image).Distinct().ToList();
        static string[] Ids(IEnumerable<int> numbers) => [.. numbers.Select(number => number.ToString(CultureInfo.InvariantCulture))];
        var metrics = input.ML.ModalityGap().EvaluateRetrievalBothWays(
            input.View(BenchmarkMethods.Image, input.Images.Take(images)),
            BenchmarkMethods.Image,
            input.View(BenchmarkMethods.Text, input.Texts.Take([.. captions.Select(caption => caption.Text)])),
            BenchmarkMethods.Text,
            Relevance.ById(Ids(images), Ids(captions.Select(caption => caption.Image))),
            new RetrievalEvaluationOptions { Correction = input.Correction, Seed = input.Seed });
        foreach (var (direction, retrieval) in new[] { ("image to text", metrics.FirstToSecond), ("text to image", metrics.SecondToFirst) })
        {
            foreach (var k in _cutoffs)
                yield return new($"{direction} R@{k}", retrieval.RecallAt(k), retrieval.QueryCount);
        }
    }
}
