using System.Globalization;

namespace Pretraining;

/// <summary>What runs have in common, as a Markdown table: depth × attention.</summary>
internal static class RunTable
{
    internal static string Create(IReadOnlyList<RunRecord> runs)
    {
        var culture = CultureInfo.InvariantCulture;
        var lines = new List<string>
        {
            "| depth | attention | rate | runs | held-out loss | TEV, first → last step | spread over tokens | gradient variance (geometric mean) | output variance, last tenth | jumps of the loss | TEV with gradient variance, ρ over steps |",
            "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
        };
        foreach (var group in runs.GroupBy(run => (run.Options.Shape.Depth, run.Options.Shape.Attention, run.Options.LearningRate)).OrderBy(group => group.Key.LearningRate).ThenBy(group => group.Key.Depth).ThenBy(group => group.Key.Attention))
        {
            double Mean(Func<RunRecord, double> get) => group.Average(get);
            lines.Add(string.Create(culture, $"| {group.Key.Depth} | {group.Key.Attention} | {group.Key.LearningRate:G} | {group.Count()} | {Mean(run => run.HeldOutLoss):F3} | ")
                + string.Create(culture, $"{Mean(run => run.Steps[0].TokenVariability):F4} → {Mean(run => run.Steps[^1].TokenVariability):F4} | {Mean(run => run.Steps[^1].TokenVariabilitySpread):F4} | ")
                + string.Create(culture, $"{Math.Exp(Mean(GetLogGradientVariance)):E2} | {Mean(GetOutputVariance):F2} | {group.Sum(CountJumps)} | {Mean(run => Correlate(run)):F2} |"));
        }

        var (tev, variance) = (runs.Select(run => run.Steps.Average(step => step.TokenVariability)).ToArray(), runs.Select(GetLogGradientVariance).ToArray());
        lines.Add("");
        lines.Add(string.Create(culture, $"Over the {runs.Count} runs, mean TEV with mean ln gradient variance: ρ = {RankCorrelation(tev, variance):F2}; TEV with held-out loss: ρ = {RankCorrelation(tev, [.. runs.Select(run => run.HeldOutLoss)]):F2}."));
        return string.Join(Environment.NewLine, lines);
    }

    /// <summary>Steps whose loss lies more than half a nat above the mean of the ten before.</summary>
    internal static int CountJumps(RunRecord run)
    {
        const int Window = 10;
        const double Jump = 0.5;
        return Enumerable.Range(Window, Math.Max(0, run.Steps.Count - Window)).Count(i => run.Steps[i].Loss > run.Steps.Skip(i - Window).Take(Window).Average(step => step.Loss) + Jump);
    }

    /// <summary>Spearman's ρ of TEV and gradient variance over the steps behind the rise of the rate.</summary>
    internal static double Correlate(RunRecord run)
    {
        var steps = run.Steps.Skip(run.Steps.Count / 10).ToArray();
        return RankCorrelation([.. steps.Select(step => step.TokenVariability)], [.. steps.Select(step => step.GradientVariance)]);
    }

    /// <summary>Spearman's ρ; equal values have the mean of their ranks. NaN where one side does not vary.</summary>
    internal static double RankCorrelation(double[] first, double[] second)
    {
        static double[] Rank(double[] values)
        {
            var ranks = new double[values.Length];
            for (var i = 0; i < ranks.Length; i++)
                ranks[i] = values.Count(value => value < values[i]) + (values.Count(value => value == values[i]) - 1) / 2.0;
            return ranks;
        }

        var (x, y) = (Rank(first), Rank(second));
        var mean = (x.Length - 1) / 2.0;
        double Product(double[] a, double[] b) => a.Zip(b, (u, v) => (u - mean) * (v - mean)).Sum();
        return Product(x, y) / Math.Sqrt(Product(x, x) * Product(y, y));
    }

    private static double GetLogGradientVariance(RunRecord run) => run.Steps.Where(step => step.GradientVariance > 0).Average(step => Math.Log(step.GradientVariance));

    private static double GetOutputVariance(RunRecord run) => run.Steps.TakeLast(Math.Max(1, run.Steps.Count / 10)).Average(step => step.OutputVariance);
}
