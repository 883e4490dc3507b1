using System.Globalization;
using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>
/// Gap and recall@1, fitted on some pairs and measured on others: raw, the centring of I0T_post, I0T_async, and what else of heads and losses
/// <see cref="TrainModalityNormalizationEstimator"/> trains. Prints the tables of docs/methods.md.
/// </summary>
internal static class TrainingAblation
{
    private const int Splits = 12;
    private const int FitScenes = 2000;
    private const int HeldOutScenes = 500;

    // What all variants after I0T_async share: the default loss, CyCLIP's, trained hard.
    private static readonly TrainModalityNormalizationOptions s_base = new() { Epochs = 30, LearningRate = 1e-3, Statistics = NormalizationStatistics.Exact };

    private static readonly (string Name, TrainModalityNormalizationOptions Options)[] s_variants =
    [
        ("I0T_async (`Paper`: rate 1e-6)", TrainModalityNormalizationOptions.Paper),
        ("I0T_async (the defaults)", new()),
        ("I0T_async, exact statistics", new() { Statistics = NormalizationStatistics.Exact }),
        ("30 epochs, rate 1e-3, exact statistics", s_base),
        ("head: linear", s_base with { Head = TrainingHead.Linear }),
        ("head: batch norm, then linear", s_base with { Head = TrainingHead.BatchNormThenLinear }),
        ("loss: InfoNCE", s_base with { Loss = Loss.InfoNCE() }),
        ("loss: InfoNCE, smoothing 0.1", s_base with { Loss = Smooth }),
        ("loss: InfoNCE, smoothing 0.1, learned scale", s_base with { Loss = Loss.InfoNCE(LogitScale.Learned(), 0.1) }),
        ("loss: CyCLIP, smoothing 0.1", s_base with { Loss = Smooth + 0.25 * (Loss.CrossModalConsistency() + Loss.InModalConsistency()) }),
        ("loss: InfoLOOB (scale 30)", s_base with { Loss = Loss.InfoLOOB(LogitScale.Fixed(30)) }),
        ("loss: alignment + uniformity", s_base with { Loss = Loss.Alignment() + Loss.Uniformity() }),
        ("loss: InfoNCE, smoothing 0.1, + alignment + uniformity", s_base with { Loss = Smooth + Loss.Alignment() + Loss.Uniformity() }),
        ("loss: the same + cross-modal uniformity", s_base with { Loss = Smooth + Loss.Alignment() + Loss.Uniformity() + Loss.CrossModalUniformity() }),
        ("loss: InfoNCE, smoothing 0.1, + m²-mix", s_base with { Loss = Smooth + Loss.GeodesicMixup() }),
        ("loss: decoupled (scale 30)", s_base with { Loss = Loss.DecoupledContrastive(LogitScale.Fixed(30)) }),
        ("loss: continuously weighted", s_base with { Loss = Loss.ContinuouslyWeighted() }),
        ("loss: sigmoid, learned", s_base with { Loss = Loss.Sigmoid() }),
        ("loss: Matryoshka of InfoNCE, smoothing 0.1, d/4, d/2, d", s_base with { Loss = Smooth }),
    ];

    private static Loss Smooth => Loss.InfoNCE(labelSmoothing: 0.1);

    /// <param name="files">Files of shape (2, N, D); none for TinyClip on drawn scenes.</param>
    public static int Run(IReadOnlyCollection<string> files)
    {
        var context = new MLContext(seed: 1);
        if (files.Count == 0)
            Print(context, $"TinyClip, trained on {FitScenes} scenes, measured on {HeldOutScenes}", [AblationSplit.DrawScenes(context, FitScenes, HeldOutScenes)]);
        foreach (var file in files)
            Print(context, $"{Path.GetFileName(file)}, halves, the mean of {Splits} splits", AblationSplit.Halve(context, file, Splits));
        return 0;
    }

    private static void Print(MLContext context, string title, IReadOnlyList<AblationSplit> splits)
    {
        Console.WriteLine($"| {title} | gap | recall@1 |");
        Console.WriteLine("| --- | --- | --- |");
        PrintRow("raw", [.. splits.Select(split => Measure(split.HeldOut))]);
        PrintRow("I0T_post (`CenterModalities`)", [.. splits.Select(split => Measure(context.Transforms.CenterModalities("Image", "Text").Fit(split.Fit).Transform(split.HeldOut)))]);

        // What comes out of one method is what another is trained on.
        var whiten = context.Transforms.WhitenModalities("Image", "Text");
        PrintRow("`WhitenModalities`", [.. splits.Select(split => Measure(whiten.Fit(split.Fit).Transform(split.HeldOut)))]);
        PrintRow("`WhitenModalities`, then InfoLOOB (scale 30)", [.. splits.Select(split => Measure(
            whiten.Append(context.Transforms.TrainModalityNormalization("Image", "Text", s_base with { Loss = Loss.InfoLOOB(LogitScale.Fixed(30)) })).Fit(split.Fit).Transform(split.HeldOut)))]);
        foreach (var (name, options) in s_variants)
        {
            PrintRow(name, [.. splits.Select(split =>
            {
                var chosen = name.Contains("Matryoshka", StringComparison.Ordinal) ? options with { Loss = Nest(options.Loss, split.Fit) } : options;
                return Measure(context.Transforms.TrainModalityNormalization("Image", "Text", chosen).Fit(split.Fit).Transform(split.HeldOut));
            })]);
        }

        Console.WriteLine();
    }

    private static Loss Nest(Loss loss, IDataView data)
    {
        var dimension = ((VectorDataViewType)data.Schema["Image"].Type).Size;
        return Loss.Matryoshka(loss, dimension / 4, dimension / 2, dimension);
    }

    private static void PrintRow(string name, (double Gap, double Recall)[] measures) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"| {name} | {measures.Average(entry => entry.Gap):F3} | {measures.Average(entry => entry.Recall):F3} |"));

    private static (double Gap, double Recall) Measure(IDataView data)
    {
        var sides = new[] { "Image", "Text" }.Select(name => data.GetColumn<float[]>(name).Select(Normalize).ToArray()).ToArray();
        return TrainingMeasures.Measure([.. sides[0].SelectMany(row => row)], [.. sides[1].SelectMany(row => row)], sides[0][0].Length, -1);
    }

    private static float[] Normalize(float[] row)
    {
        RowKernels.Normalize(row, row);
        return row;
    }
}
