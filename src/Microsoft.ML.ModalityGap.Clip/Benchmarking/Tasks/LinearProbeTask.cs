using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// A linear probe: ML.NET's multinomial logistic regression on unit embeddings of the training part. How strongly it is regularised is chosen on the validation part, or on every fifth training image where there is none; then it is
/// trained on both and measured on the test part.
/// </summary>
internal sealed class LinearProbeTask : IBenchmarkTask
{
    private const string Features = "Features";
    private const string Label = "Label";
    private static readonly float[] _strengths = [1e-6f, 1e-4f, 1e-2f, 1e-1f, 1, 10];

    public string Name => "linear-probe";

    public bool Fits(BenchmarkData data) => data.Classes is not null && data.MeasuredPart == DataParts.Test && data.HasPart(DataParts.Training);

    public IEnumerable<TaskMeasure> Measure(TaskInput input)
    {
        var training = input.GetLabelled(DataParts.Training);
        var validation = input.GetLabelled(DataParts.Validation);
        if (validation.Count == 0)
            (training, validation) = ([.. training.Where((_, i) => i % 5 != 4)], [.. training.Where((_, i) => i % 5 == 4)]);
        var tested = input.GetLabelled(DataParts.Test);
        if (training.Count == 0 || validation.Count == 0 || tested.Count == 0)
            throw new InvalidDataException($"A linear probe takes images to train, to validate and to test on, but there are {training.Count}, {validation.Count} and {tested.Count}.");

        var best = (Strength: _strengths[0], Accuracy: double.NegativeInfinity);
        foreach (var strength in _strengths)
        {
            input.CancellationToken.ThrowIfCancellationRequested();
            var accuracy = Predict(input, training, validation, strength).MicroAccuracy;
            if (accuracy > best.Accuracy)
                best = (strength, accuracy);
        }

        var metrics = Predict(input, [.. training, .. validation], tested, best.Strength);
        yield return new("accuracy", metrics.MicroAccuracy, tested.Count);
        yield return new("balanced accuracy", metrics.MacroAccuracy, tested.Count);
        yield return new("L2 chosen", best.Strength, validation.Count);
    }

    private static MulticlassClassificationMetrics Predict(TaskInput input, IReadOnlyList<int> training, IReadOnlyList<int> measured, float strength)
    {
        var trainer = input.ML.MulticlassClassification.Trainers.LbfgsMaximumEntropy(new LbfgsMaximumEntropyMulticlassTrainer.Options
        {
            FeatureColumnName = Features,
            LabelColumnName = Label,
            L1Regularization = 0,
            L2Regularization = strength,
            NumberOfThreads = 1, // the same sums in every run
            MaximumNumberOfIterations = 200,
        });
        return input.ML.MulticlassClassification.Evaluate(trainer.Fit(Load(input, training)).Transform(Load(input, measured)), Label);
    }

    private static IDataView Load(TaskInput input, IReadOnlyList<int> images)
    {
        var builder = new ArrayDataViewBuilder(input.ML);
        var rows = input.Images.Take(images);
        VBuffer<float>[] features = [.. Enumerable.Range(0, rows.Count).Select(row =>
        {
            var unit = new float[rows.Dimension];
            RowKernels.Normalize(rows[row].Span, unit);
            return new VBuffer<float>(unit.Length, unit);
        })];
        builder.AddColumn(Features, NumberDataViewType.Single, features);
        string[] names = [.. input.Data.Classes!.Names];
        builder.AddColumn(Label, (ref VBuffer<ReadOnlyMemory<char>> values) => values = new VBuffer<ReadOnlyMemory<char>>(names.Length, [.. names.Select(name => name.AsMemory())]), (ulong)names.Length,
            [.. images.Select(image => (uint)input.Data.Images[image].Class + 1)]);
        return builder.GetDataView();
    }
}
