using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary><c>learning-curve</c>: what a method makes of pairs, by how many it was fitted on.</summary>
internal sealed class LearningCurveCommand : CommandBase
{
    private readonly ModalityOptions _modalities = new();
    private readonly FitOptions _fit = new();

    private readonly Option<string> _pairs = new("--pairs") { Description = "On how many pairs to fit, separated by commas. Default 32 and its doubles; all pairs come last in any case.", HelpName = "a,b,..." };

    private readonly Option<bool> _onAll = new("--on-all")
    {
        Description = "Measure all pairs, those fitted on among them, as Table 3 of the I0T paper does; without it half of the pairs (--holdout) is measured and never fitted on.",
    };

    private readonly Option<string> _measures = new("--measure")
    {
        Description = $"What to follow, separated by commas: {string.Join(", ", Known.Keys)}. Default gap,recall.",
        HelpName = "a,b,...",
    };

    private readonly Option<int?> _draws = new("--draws") { Description = $"How often pairs are drawn to fit on. Default {LearningCurveOptions.Default.Draws}.", HelpName = "number" };

    private readonly Option<string> _figure = new("--figure") { Description = "Draw the curves into this SVG file.", HelpName = "file.svg" };

    internal LearningCurveCommand(ToolConsole console)
        : base("learning-curve", "Say how many pairs a method needs: fit it on more and more of them, and measure on others.", console)
    {
        _modalities.AddTo(this);
        foreach (var option in (Option[])[_pairs, _onAll, _measures, _draws, _figure])
            Options.Add(option);
        _fit.AddTo(this);
    }

    /// <summary>The measures as they are typed.</summary>
    internal static IReadOnlyDictionary<string, LearningCurveMeasure> Known { get; } = new Dictionary<string, LearningCurveMeasure>(StringComparer.Ordinal)
    {
        ["gap"] = LearningCurveMeasure.CentroidDistance,
        ["recall"] = LearningCurveMeasure.MeanRecall,
        ["relative-gap"] = LearningCurveMeasure.RelativeModalityGap,
        ["pair-cosine"] = LearningCurveMeasure.MeanPairCosine,
        ["separability"] = new("linear separability", metrics => metrics.LinearSeparability ?? double.NaN),
        ["effective-rank"] = new("effective rank, mean of both", metrics => (metrics.FirstEffectiveRank + metrics.SecondEffectiveRank) / 2),
        ["hubness"] = new("hubness, mean of both", metrics => (metrics.FirstHubness + metrics.SecondHubness) / 2),
        ["uniformity"] = new("uniformity", metrics => metrics.Uniformity),
    };

    private protected override int? GetSeed(ParseResult result) => _fit.GetSeed(result);

    private protected override void Run(Session session, ParseResult result)
    {
        if (result.GetValue(_onAll) && _fit.HasHoldout(result))
            throw new UsageException("--on-all measures all pairs and --holdout a part of them; give one of them.");
        _fit.FindMethod(result);
        var options = CreateOptions(session, result);
        var input = _modalities.Open(session, result);
        if (input.Names.Count != 2)
            throw new UsageException($"learning-curve takes two modalities, but {input.Names.Count} {(input.Names.Count == 1 ? "is" : "are")} given: {string.Join(", ", input.Names)}.");
        if (result.GetValue(_figure) is { } figure)
            OutputFile.Check(session, figure, input.Paths);
        var method = _fit.GetMethod(result, input);
        var settings = _fit.GetSettings(result) with { CancellationToken = session.CancellationToken };
        var curve = session.Track("Fitting", total: null, counter => session.ML.ModalityGap().ComputeLearningCurve(
            new WatchedDataView(input.View, counter), input.Names[0], input.Names[1], columns => method.CreateEstimator(session.ML, columns, settings), options));
        if (result.GetValue(_figure) is { } path)
            ReportFigure.CreateLearningCurve(curve).Save(path);
        if (result.GetValue(Json))
            session.Console.WriteJson(ToJson(curve));
        else
            session.Console.WriteTables([ToTable(curve, method.Name)]);
    }

    private LearningCurveOptions CreateOptions(Session session, ParseResult result)
    {
        var names = result.GetValue(_measures)?.Split(',', StringSplitOptions.TrimEntries) ?? ["gap", "recall"];
        if (names.FirstOrDefault(name => !Known.ContainsKey(name)) is { } unknown)
            throw new UsageException($"There is no measure '{unknown}'. There is {string.Join(", ", Known.Keys)}.");
        if (result.GetValue(_draws) is < 1 and var draws)
            throw new UsageException($"--draws takes a number from 1, but {draws} was given.");
        return new LearningCurveOptions
        {
            PairCounts = result.GetValue(_pairs) is { } pairs ? [.. pairs.Split(',').Select(ParseCount)] : null,
            HeldOutFraction = result.GetValue(_onAll) ? 0 : _fit.GetHoldoutShare(result) ?? LearningCurveOptions.Default.HeldOutFraction,
            Measures = [.. names.Distinct(StringComparer.Ordinal).Select(name => Known[name])],
            Draws = result.GetValue(_draws) ?? LearningCurveOptions.Default.Draws,
            Seed = _fit.GetSeed(result),
            UnusableRows = _fit.GetUnusableRows(result),
            CancellationToken = session.CancellationToken,
        };
    }

    private static int ParseCount(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count >= 2
        ? count
        : throw new UsageException($"--pairs takes whole numbers from 2, separated by commas, such as 32,64,128, but '{text}' was given.");

    private static TextTable ToTable(LearningCurve curve, string method)
    {
        static string Format(double value) => value.ToString("F4", CultureInfo.InvariantCulture);
        return new TextTable(
            string.Create(CultureInfo.InvariantCulture, $"{method}: {curve.First} and {curve.Second}, measured on {curve.MeasuredCount:N0} pairs"),
            ["pairs fitted on", .. curve.Measures])
        {
            Rows =
            [
                ["0 (raw)", .. curve.Raw.Select(Format)],
                .. curve.Points.Select(point => (IReadOnlyList<string>)
                [
                    point.PairCount.ToString("N0", CultureInfo.InvariantCulture),
                    .. point.Means.Zip(point.StandardDeviations, (mean, deviation) => point.Draws > 1 ? $"{Format(mean)} ± {Format(deviation)}" : Format(mean)),
                ]),
            ],
            Note = $"mean ± standard deviation of {curve.Points[0].Draws} draws; {(curve.MeasuresFittedPairs ? "pairs fitted on are measured, too" : "no pair measured was fitted on")}",
        };
    }

    private static JsonObject ToJson(LearningCurve curve) => new()
    {
        ["measured"] = curve.MeasuredCount,
        ["measuresFittedPairs"] = curve.MeasuresFittedPairs,
        ["raw"] = ToJson(curve, curve.Raw),
        ["points"] = new JsonArray([.. curve.Points.Select(point => (JsonNode?)new JsonObject
        {
            ["pairs"] = point.PairCount,
            ["draws"] = point.Draws,
            ["means"] = ToJson(curve, point.Means),
            ["standardDeviations"] = ToJson(curve, point.StandardDeviations),
        })]),
    };

    private static JsonObject ToJson(LearningCurve curve, IReadOnlyList<double> values) =>
        new(curve.Measures.Zip(values, (name, value) => KeyValuePair.Create<string, JsonNode?>(name, value)));
}
