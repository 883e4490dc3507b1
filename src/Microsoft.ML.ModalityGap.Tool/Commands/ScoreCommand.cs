using System.CommandLine;
using System.Globalization;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary><c>score</c>: scores captions against their images, and the score itself against people.</summary>
internal sealed class ScoreCommand : CommandBase
{
    private static readonly Dictionary<string, CaptionScoreKind> _kinds = new(StringComparer.Ordinal)
    {
        ["clip-s"] = CaptionScoreKind.ClipS,
        ["torchmetrics"] = CaptionScoreKind.TorchMetrics,
        ["cosine"] = CaptionScoreKind.Cosine,
        ["i0t-s"] = CaptionScoreKind.I0TS,
    };

    private readonly ModalityOptions _modalities = new();

    private readonly Option<string[]> _reference = new("--reference")
    {
        Description = "Reference captions: a .npy file of shape (N, D), row i with image i. Repeat it for more references; the nearest counts (RefCLIP-S, RefI0T-S).",
        HelpName = "file",
    };

    private readonly Option<string> _kind = new("--kind")
    {
        Description = "clip-s: 2.5·max(cos, 0), the default without maps; i0t-s: the cosine with the gap closed, the default with them; torchmetrics: 100·max(cos, 0); or cosine.",
        HelpName = "name",
    };

    private readonly MapOptions _map = new("Score after the maps of this file, too: with those of 'fit --method center' that is I0T-S.");

    private readonly Option<bool> _control = new("--control") { Description = "Also compare pairs that belong together with pairs that do not, within a modality and across." };

    private readonly Option<bool> _explain = new("--explain") { Description = "Also say what the mean cosine owes to what all images and all texts have in common." };

    private readonly Option<string> _ratings = new("--ratings") { Description = "What people gave each pair: a file with a number in each line. Correlates the scores with them.", HelpName = "file" };

    private readonly Option<string> _out = new("--out") { Description = "Write a line for each row: its number, what 'embed' says its image and its text are, and its scores; separated by tabs.", HelpName = "file" };

    private readonly Option<bool> _skipUnusable = new("--skip-unusable") { Description = "Leave rows with NaN, infinity or only zeros out; without it they are an error." };

    internal ScoreCommand(ToolConsole console)
        : base("score", "Score captions against their images: CLIP-S, RefCLIP-S, and with a map I0T-S.", console)
    {
        _modalities.AddTo(this);
        _map.AddTo(this);
        foreach (var option in (Option[])[_reference, _kind, _control, _explain, _ratings, _out, _skipUnusable])
            Options.Add(option);
    }

    private protected override void Run(Session session, ParseResult result)
    {
        var kindName = result.GetValue(_kind);
        if (kindName is not null && !_kinds.ContainsKey(kindName))
            throw Suggestion.CreateException(_kind.Name, kindName, _kinds.Keys);
        var (rawKind, mappedKind) = kindName is null ? (CaptionScoreKind.ClipS, CaptionScoreKind.I0TS) : (_kinds[kindName], _kinds[kindName]);
        var references = result.GetValue(_reference) ?? [];
        if (rawKind == CaptionScoreKind.TorchMetrics && references.Length > 0)
            throw new UsageException("torchmetrics has no score with references; --kind clip-s makes RefCLIP-S of them, i0t-s RefI0T-S.");
        if (result.GetValue(_skipUnusable) && (result.GetValue(_ratings) ?? result.GetValue(_out)) is not null)
            throw new UsageException("--ratings and --out go row by row, so that none can be left out; give the files without those rows.");
        var input = _modalities.Open(session, result);
        if (input.Names.Count != 2)
        {
            throw new UsageException(
                $"Scores are of an image and a text, but {input.Names.Count} {(input.Names.Count == 1 ? "modality is" : "modalities are")} given: {string.Join(", ", input.Names)}.");
        }

        if (result.GetValue(_out) is { } target)
            OutputFile.Check(session, target, [.. input.Paths, .. references, .. new[] { result.GetValue(_ratings), _map.GetPath(result) }.OfType<string>()]);

        var inputs = OpenAll(session, input, references);
        var ratings = result.GetValue(_ratings) is { } path ? ReadRatings(path, input) : null;
        var names = inputs.Names.Skip(2).ToArray();
        var runs = new List<ScoreRun>
        {
            Measure(session, result, inputs, "raw", new ScoreCaptionsOptions { Kind = rawKind, ReferenceColumnNames = names }, ratings),
        };
        if (_map.Load(session, result) is { } model)
        {
            var maps = MapApplication.CreateTransformer(session.ML, model, input);
            session.WarnOfFittedRows(maps.Transform(input.View), input.Names);
            runs.Add(Measure(session, result, inputs, "with the maps", new ScoreCaptionsOptions
            {
                Kind = mappedKind,
                ReferenceColumnNames = names,
                ImageMap = maps.GetModality(input.Names[0]).Map,
                TextMap = maps.GetModality(input.Names[1]).Map,
            }, ratings));
        }

        var explanation = result.GetValue(_explain)
            ? session.Track("Explaining", total: null, counter => session.ML.ModalityGap().ExplainScores(new WatchedDataView(input.View, counter), input.Names[0], input.Names[1]))
            : null;
        var report = new ScoreReport(input, [.. runs.Select(run => _kinds.First(entry => entry.Value == run.Summary.Kind).Key)], runs, explanation);
        if (result.GetValue(_out) is { } outPath)
            AtomicFile.Write(outPath, report.WriteLines);
        if (result.GetValue(Json))
            session.Console.WriteJson(report.ToJson());
        else
            session.Console.WriteTables(report.ToTables());
    }

    /// <summary>The pair and its references as columns of one view.</summary>
    private static ModalityInput OpenAll(Session session, ModalityInput input, string[] references)
    {
        if (references.Length == 0)
            return input;
        if (input.Paths.Distinct(StringComparer.Ordinal).Count() == 1)
            throw new UsageException("--reference goes with --modality name=file for image and text, not with --pair.");
        foreach (var path in references)
        {
            if (InputFiles.ReadShape(path) is not [var rows, _] || rows != input.RowCount)
                throw new InvalidDataException($"'{path}' has the shape ({string.Join(", ", InputFiles.ReadShape(path))}); references are of shape (N, D) with N = {input.RowCount}.");
        }

        string[] names = [.. input.Names, .. references.Select((_, i) => string.Create(CultureInfo.InvariantCulture, $"reference {i + 1}"))];
        string[] paths = [.. input.Paths, .. references];
        var all = new ModalityInput(names, paths, InputFiles.Load(session.ML, [.. names.Zip(paths)]));
        session.Items.Add(all);
        return all;
    }

    private ScoreRun Measure(Session session, ParseResult result, ModalityInput input, string name, ScoreCaptionsOptions options, double[]? ratings)
    {
        var policy = result.GetValue(_skipUnusable) ? UnusableRows.Skip : UnusableRows.Throw;
        var (image, text) = (input.Names[0], input.Names[1]);
        var catalog = session.ML.ModalityGap();
        var summary = session.Track($"Scoring, {name}", input.RowCount, counter => catalog.EvaluateCaptions(new WatchedDataView(input.View, counter), image, text, options, policy));
        float[]? scores = null, referenceScores = null;
        if (ratings is not null || result.GetValue(_out) is not null)
            (scores, referenceScores) = ReadScores(session, input, options);
        var control = result.GetValue(_control)
            ? session.Track($"Comparing all with all, {name}", total: null, counter =>
                Task.Run(() => catalog.EvaluatePromptFreeControl(new WatchedDataView(input.View, counter), image, text, options, policy))
                    .WaitAsync(session.CancellationToken).GetAwaiter().GetResult())
            : null;
        var correlation = ratings is null ? null : Correlate(session.ML, scores!, ratings);
        var referenceCorrelation = ratings is null || referenceScores is null ? null : Correlate(session.ML, referenceScores, ratings);
        return new ScoreRun(name, summary, control, correlation, referenceCorrelation, scores, referenceScores);
    }

    private static (float[] Scores, float[]? ReferenceScores) ReadScores(Session session, ModalityInput input, ScoreCaptionsOptions options) =>
        session.Track("Scoring each", input.RowCount, counter =>
        {
            var data = new WatchedDataView(input.View, counter);
            var scored = session.ML.Transforms.ScoreCaptions(input.Names[0], input.Names[1], options).Fit(data).Transform(data);
            var rows = session.ML.Data.CreateEnumerable<CaptionScoreRow>(scored, reuseRowObject: false, ignoreMissingColumns: true).ToList();
            return (rows.ConvertAll(row => row.CaptionScore).ToArray(), options.ReferenceColumnNames.Count > 0 ? rows.ConvertAll(row => row.ReferenceScore).ToArray() : null);
        });

    private static CaptionMetricCorrelation Correlate(MLContext ml, float[] scores, double[] ratings) => ml.ModalityGap().EvaluateCaptionMetric(
        ml.Data.LoadFromEnumerable(scores.Zip(ratings, (score, rating) => new RatedScore { Score = score, Rating = rating })), nameof(RatedScore.Score), nameof(RatedScore.Rating));

    private static double[] ReadRatings(string path, ModalityInput input)
    {
        var lines = TextLines.ReadFor(path, input.RowCount, input.Paths[0]);
        var ratings = new double[lines.Count];
        for (var i = 0; i < ratings.Length; i++)
        {
            if (!double.TryParse(lines[i], NumberStyles.Float, CultureInfo.InvariantCulture, out ratings[i]) || !double.IsFinite(ratings[i]))
                throw new InvalidDataException($"'{path}', line {i + 1}: expected a number, found '{lines[i]}'.");
        }

        return ratings;
    }

    private sealed class CaptionScoreRow
    {
        public float CaptionScore { get; set; }

        public float ReferenceScore { get; set; }
    }

    private sealed class RatedScore
    {
        public float Score { get; set; }

        public double Rating { get; set; }
    }
}
