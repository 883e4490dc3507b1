using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

/// <summary>k-means of the images, one cluster a class, against the classes.</summary>
internal sealed class ClusteringTask : IBenchmarkTask
{
    private const string Label = "Label";

    public string Name => "clustering";

    public bool Fits(BenchmarkData data) => data.Classes is not null;

    public IEnumerable<TaskMeasure> Measure(TaskInput input)
    {
        var images = input.GetLabelled(input.Part);
        var used = images.Select(image => input.Data.Images[image].Class).Distinct().Count();
        if (images.Count <= used || used < 2)
            throw new InvalidDataException($"Clusters are compared with classes, of which at least 2 with more than one image are needed; there are {images.Count} images of {used} classes.");
        var rows = input.Images.Take(images);
        var builder = new ArrayDataViewBuilder(input.ML);
        builder.AddColumn(BenchmarkMethods.Image, NumberDataViewType.Single, [.. Enumerable.Range(0, rows.Count).Select(row => new VBuffer<float>(rows.Dimension, rows[row].ToArray()))]);
        builder.AddColumn(Label, [.. images.Select(image => input.Data.Classes!.Names[input.Data.Images[image].Class])]);
        var metrics = input.ML.ModalityGap().EvaluateClustering(
            builder.GetDataView(), ModalityColumns.PerColumn(BenchmarkMethods.Image), Label, new ClusteringEvaluationOptions { ClusterCount = used, Seed = input.Seed });
        yield return new("V-measure", metrics.Labels!.VMeasure, images.Count);
        yield return new("normalised mutual information", metrics.Labels.GetNormalizedMutualInformation(), images.Count);
        yield return new("adjusted Rand index", metrics.Labels.AdjustedRandIndex, images.Count);
    }
}
