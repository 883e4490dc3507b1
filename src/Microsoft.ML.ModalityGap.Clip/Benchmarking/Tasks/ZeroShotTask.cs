using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>Classification without training: each image's class is the nearest of the classes' sentences. Accuracy over images, and over classes (balanced, as I0T reports Birdsnap).</summary>
internal sealed class ZeroShotTask : IBenchmarkTask
{
    public string Name => "zero-shot";

    public bool Fits(BenchmarkData data) => data.Classes is not null;

    public IEnumerable<TaskMeasure> Measure(TaskInput input)
    {
        var images = input.GetLabelled(input.Part);
        static string Id(int number) => number.ToString(CultureInfo.InvariantCulture);
        int[] labels = [.. images.Select(image => input.Data.Images[image].Class)];

        // An image asks, classes are the documents: the first found is the class.
        var metrics = input.ML.ModalityGap().EvaluateRetrieval(
            input.View(BenchmarkMethods.Image, input.Images.Take(images)),
            BenchmarkMethods.Image,
            input.View(BenchmarkMethods.Text, input.Classes!),
            BenchmarkMethods.Text,
            Relevance.ById([.. labels.Select(Id)], [.. Enumerable.Range(0, input.Classes!.Count).Select(Id)]),
            new RetrievalEvaluationOptions { Correction = input.Correction, Seed = input.Seed });
        yield return new("accuracy", metrics.RecallAt(1), images.Count);
        yield return new("balanced accuracy", Balance(labels, metrics.FirstRelevantRanks), images.Count);
        if (input.Classes.Count > 5)
            yield return new("top-5 accuracy", metrics.RecallAt(5), images.Count);
    }

    /// <summary>The mean over classes of the share of their images that are right.</summary>
    private static double Balance(int[] labels, IReadOnlyList<int> ranks) =>
        labels.Select((label, i) => (label, IsRight: ranks[i] == 1)).GroupBy(entry => entry.label).Average(group => group.Average(entry => entry.IsRight ? 1.0 : 0.0));
}
