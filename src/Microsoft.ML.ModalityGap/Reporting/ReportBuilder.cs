using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Measures what a report shows and puts its parts together.</summary>
internal static class ReportBuilder
{
    internal const string BeforeName = "before";
    internal const string AfterName = "after";
    internal const string CorrectedName = "after, corrected";
    internal const string OnlyName = "as given";

    /// <param name="host">Where to log.</param>
    /// <param name="before">The embeddings as given, and their two columns.</param>
    /// <param name="after">The mapped ones, of the same rows.</param>
    /// <param name="mapDescription">What mapped them, where that is known.</param>
    /// <param name="options">Options.</param>
    /// <param name="correction">What the model makes of similarities behind its maps, if anything; its modalities are the titles.</param>
    internal static ModalityGapReport Build(
        IHost host, ReportInput before, ReportInput? after, string? mapDescription, ModalityGapReportOptions options, SimilarityCorrection? correction = null)
    {
        using var channel = host.Start("Create a report on the modality gap");
        var pairs = Load(host, before, options);
        ReportState[] states;
        if (after is null)
        {
            states = [Measure(channel, OnlyName, before, pairs, options)];
        }
        else
        {
            // A map can make a row unusable, and give a direction to one that has none: compared are the rows usable in both states.
            var (usableBefore, usableAfter) = EmbeddingPairs.Match(pairs, Load(host, after, options));
            states = [Measure(channel, BeforeName, before, usableBefore, options), Measure(channel, AfterName, after, usableAfter, options, correction)];
        }

        var first = states[0].Metrics;
        var fingerprint = after is null ? null : MapFingerprint.Find(EmbeddingColumns.Find(host, after.Data.Schema, after.First));
        return new ModalityGapReport(
            options.Title ?? $"The modality gap between {first.First} and {first.Second}",
            ReportSummary.Write(states, options),
            [
                SpaceFigure.Create(states, options),
                SimilaritiesFigure.Create(states),
                MeansFigure.Create(states),
                SpectrumFigure.Create(states),
                RecallFigure.Create(states),
                MixedFigure.Create(states),
                .. options.TwoSided.Count > 0 ? [TwoSidedFigure.Create(options.TwoSided)] : Array.Empty<ReportFigure>(),
                .. options.Selection is { } selection ? [MethodsFigure.Create(selection)] : Array.Empty<ReportFigure>(),
                .. options.LearningCurve is { } curve ? [LearningCurveFigure.Create(curve)] : Array.Empty<ReportFigure>(),
            ],
            DescribeProvenance(states, mapDescription, fingerprint, options))
        {
            Before = first,
            After = after is null ? null : states[1].Metrics,
            Corrected = states[^1].Corrected?.Recall,
            Mixed = [.. StateSeries.Create(states).Select(series => series.MixedBySecond)],
        };
    }

    private static EmbeddingPairs Load(IHost host, ReportInput input, ModalityGapReportOptions options)
    {
        // Vectors of different maps cannot be compared.
        MapFingerprint.Check(EmbeddingColumns.Find(host, input.Data.Schema, input.First), EmbeddingColumns.Find(host, input.Data.Schema, input.Second));
        return EmbeddingPairs.Load(host, input.Data, input.First, input.Second, options.UnusableRows);
    }

    private static ReportState Measure(IChannel channel, string name, ReportInput input, EmbeddingPairs pairs, ModalityGapReportOptions options, SimilarityCorrection? correction = null)
    {
        if (pairs.SkippedCount > 0)
            channel.Warning($"{name}: {pairs.SkippedCount} of {pairs.SkippedCount + pairs.Count} pairs of '{input.First}' and '{input.Second}' could not be used and were left out.");
        var metrics = ModalityGapEvaluator.Measure(pairs, input.FirstTitle, input.SecondTitle, new ModalityGapEvaluationOptions { Seed = options.Seed });
        string[] names = [input.FirstTitle, input.SecondTitle];
        return new ReportState(
            name,
            pairs,
            metrics,
            ModalityStatistics.FromRows(pairs.First, pairs.Dimension),
            ModalityStatistics.FromRows(pairs.Second, pairs.Dimension),
            PairedGallery.Evaluate(pairs, names, bySecond: false, options.Seed),
            PairedGallery.Evaluate(pairs, names, bySecond: true, options.Seed))
        {
            Corrected = correction is null ? null : CorrectedState.Measure(pairs, names, correction, options.Seed),
        };
    }

    private static List<(string Name, string Value)> DescribeProvenance(ReportState[] states, string? mapDescription, string? fingerprint, ModalityGapReportOptions options)
    {
        var metrics = states[0].Metrics;
        var provenance = new List<(string, string)>();
        if (options.DataDescription is { Length: > 0 } data)
            provenance.Add(("Data", data));
        provenance.Add(("Pairs", $"{Markup.Count(metrics.Count)} of {metrics.First} and {metrics.Second}, {metrics.Dimension} dimensions"
            + (metrics.SkippedCount > 0 ? $"; {Markup.Count(metrics.SkippedCount)} left out because a row could not be used" : "")));
        if (states.Length > 1)
        {
            provenance.Add(("Map", mapDescription ?? "the mapped embeddings were given"));
            provenance.Add(("Joint fingerprint of the maps", fingerprint ?? "not known"));
        }

        provenance.Add(("Drawn by lot", string.Create(CultureInfo.InvariantCulture,
            $"seed {options.Seed}; {Markup.Count(Math.Min(options.PointCount, metrics.Count))} pairs as points, {Markup.Count(Math.Min(options.PairLineCount, Math.Min(options.PointCount, metrics.Count)))} of them joined by lines; the halves of the mixed gallery")));
        provenance.Add(("Rank", "1 + rows with a higher cosine + rows with the same cosine that stand before"));
        provenance.Add(("Made with", $"Microsoft.ML.ModalityGap {GetVersion(typeof(ReportBuilder))}, Microsoft.ML {GetVersion(typeof(MLContext))}, {RuntimeInformation.FrameworkDescription}"));
        provenance.Add(("Made on", (options.CreatedAt ?? DateTimeOffset.UtcNow).ToUniversalTime().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture)));
        return provenance;
    }

    private static string GetVersion(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "of unknown version";
}
