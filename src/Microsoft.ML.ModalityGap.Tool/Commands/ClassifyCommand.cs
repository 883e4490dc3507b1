using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary><c>classify</c>: says which of some classes each embedding is of, by their names alone.</summary>
internal sealed class ClassifyCommand : CommandBase
{
    private readonly ClassOptions _classes = new();

    private readonly Option<string> _in = new("--in") { Description = "The embeddings to classify: a .npy file of shape (N, D).", HelpName = "file", Required = true };

    private readonly MapOptions _map = new("Close the gap with the maps of this file: of the embeddings' modality and of the texts'.");

    private readonly Option<string> _modality = new("--modality") { Description = "With --map: the modality of the embeddings. Default image.", HelpName = "name" };

    private readonly Option<string> _textModality = new("--text-modality") { Description = "With --map: the modality of the class names. Default text.", HelpName = "name" };

    private readonly Option<float?> _logitScale = new("--logit-scale") { Description = "What cosines are multiplied by before the softmax. Default 100.", HelpName = "number" };

    private readonly Option<int?> _top = new Option<int?>("--top") { Description = "How many classes to name for each row. Default 5.", HelpName = "number" }.Within(1);

    private readonly Option<string> _labels = new("--labels") { Description = "The true classes, a line for each row: measure how well they are told.", HelpName = "file" };

    private readonly Option<bool> _calibrate = new("--calibrate") { Description = "With --labels: fit the logit scale to them, and use it." };

    private readonly MultiLabelOptions _multiLabel = new();

    private readonly Option<string> _out = new("--out") { Description = "Write a line for each row: the likeliest classes and their probabilities, separated by tabs.", HelpName = "file" };

    private readonly Option<string> _save = new("--save") { Description = "Save the classifier; mlContext.Model.Load opens it. Its input column is called Embedding.", HelpName = "model.zip" };

    private readonly Option<int?> _show = new Option<int?>("--show") { Description = "How many rows to print in the table. Default 10.", HelpName = "number" }.Within(0);

    internal ClassifyCommand(ToolConsole console)
        : base("classify", "Say which of some classes each embedding is of, by the classes' names (zero-shot).", console)
    {
        Options.Add(_in);
        _classes.AddTo(this);
        _map.AddTo(this);
        _map.CompleteModalities(_modality);
        _map.CompleteModalities(_textModality);
        foreach (var option in (Option[])[_modality, _textModality, _logitScale, _top, _labels, _calibrate, _out, _save, _show])
            Options.Add(option);
        _multiLabel.AddTo(this);
    }

    private protected override void Run(Session session, ParseResult result)
    {
        var path = result.GetRequiredValue(_in);
        if (result.GetValue(_calibrate) && result.GetValue(_labels) is null)
            throw new UsageException("--calibrate fits to the true classes; give them with --labels.");
        _multiLabel.Check(result, result.GetValue(_labels) is not null, result.GetValue(_calibrate));
        if (InputFiles.ReadShape(path) is not [var rowCount, _])
            throw new InvalidDataException($"'{path}' has the shape ({string.Join(", ", InputFiles.ReadShape(path))}); classify expects one modality, of shape (N, D).");
        string[] read = [path, .. _classes.GetPaths(result), .. _multiLabel.GetPaths(result), .. new[] { result.GetValue(_labels), _map.GetPath(result) }.OfType<string>()];
        var (outTarget, saveTarget) = (result.GetValue(_out), result.GetValue(_save));
        if (outTarget is not null)
            OutputFile.Check(session, outTarget, read);
        if (saveTarget is not null)
            OutputFile.Check(session, saveTarget, outTarget is null ? read : [.. read, outTarget], _save.Name);
        if (result.GetValue(_show) is < 0 and var show)
            throw new UsageException($"--show takes a number from 0, but {show} was given.");
        var labels = result.GetValue(_labels) is { } labelPath ? TextLines.ReadFor(labelPath, rowCount, path).ConvertAll(label => label.Trim()) : null;

        session.Items.Add(nameof(EmbeddingRow.Embedding), path, rowCount);
        var options = ReadOptions(session, result, path);
        if (_multiLabel.IsGiven(result))
        {
            RunMultiLabel(session, result, path, rowCount, options, labels);
            return;
        }

        var rows = InputFiles.Load(session.ML, path, nameof(EmbeddingRow.Embedding));
        var classifier = session.ML.Transforms.ClassifyZeroShot(nameof(EmbeddingRow.Embedding), _classes.Open(session, result), options).Fit(rows);
        ClassEvaluation? evaluation = null;
        if (labels is not null)
            (classifier, evaluation) = Evaluate(session, result, classifier, rows, labels);

        var predictions = session.Track("Classifying", rowCount, counter =>
            session.ML.Data.CreateEnumerable<ClassPrediction>(classifier.Transform(new WatchedDataView(rows, counter)), reuseRowObject: false, ignoreMissingColumns: false).ToList());
        if (predictions.Count(prediction => float.IsNaN(prediction.Probability)) is > 0 and var unusable)
            session.AddWarning(string.Create(CultureInfo.InvariantCulture, $"{unusable} of {rowCount} rows of '{path}' have no direction (zero, NaN or infinity) and no class."));

        var report = new ClassifyReport(path, classifier, predictions, TextLines.FindItems(path, rowCount), labels, evaluation);
        Write(session, result, classifier, rows.Schema, report.WriteLines, report.ToJson, report.ToTables);
    }

    private void RunMultiLabel(Session session, ParseResult result, string path, long rowCount, ClassifyZeroShotOptions options, List<string>? lines)
    {
        var classes = _classes.Open(session, result);
        if (options.TextMap is { } textMap)
            (classes, options) = (classes.Map(textMap), options with { TextMap = null });
        var rows = InputFiles.Load(session.ML, path, nameof(EmbeddingRow.Embedding));
        var classifier = session.ML.Transforms.ClassifyZeroShot(nameof(EmbeddingRow.Embedding), classes, _multiLabel.Apply(result, options, classes.Count)).Fit(rows);
        string[][]? labels = lines is null ? null : [.. lines.Select(line => line.Split('\t', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];
        MultiLabelMetrics? metrics = null;
        if (labels is not null)
        {
            for (var row = 0; row < labels.Length; row++)
            {
                if (labels[row].FirstOrDefault(label => classes.IndexOf(label) < 0) is { } wrong)
                    throw new InvalidDataException($"'{result.GetValue(_labels)}', line {row + 1}: '{wrong}' is none of the {classes.Count} classes. Several classes of a row are separated by tabs.");
            }

            var data = MultiLabelledRow.Create(session.ML, rows, labels, classifier.InputDimension);
            if (_multiLabel.Chooses(result))
                classifier = classifier.WithThresholds(session.ML.ModalityGap().ChooseThresholds(classifier.Transform(data), perClass: true));
            metrics = session.Track("Measuring", rowCount, counter => session.ML.ModalityGap().EvaluateMultiLabel(classifier.Transform(new WatchedDataView(data, counter))));
        }

        var predictions = session.Track("Classifying", rowCount, counter =>
            session.ML.Data.CreateEnumerable<MultiLabelPrediction>(classifier.Transform(new WatchedDataView(rows, counter)), reuseRowObject: false, ignoreMissingColumns: false).ToList());
        var report = new MultiLabelReport(path, classifier, predictions, TextLines.FindItems(path, rowCount), labels, metrics);
        Write(session, result, classifier, rows.Schema, report.WriteLines, report.ToJson, report.ToTables);
    }

    private void Write(
        Session session, ParseResult result, ClassifyZeroShotTransformer classifier, DataViewSchema schema, Action<Stream> writeLines, Func<JsonObject> toJson, Func<int, IReadOnlyList<TextTable>> toTables)
    {
        if (result.GetValue(_out) is { } outPath)
            AtomicFile.Write(outPath, writeLines);
        if (result.GetValue(_save) is { } savePath)
            AtomicFile.Write(savePath, stream => session.ML.Model.Save(classifier, schema, stream));
        if (result.GetValue(Json))
            session.Console.WriteJson(toJson());
        else
            session.Console.WriteTables(toTables(result.GetValue(_show) ?? 10));
    }

    private ClassifyZeroShotOptions ReadOptions(Session session, ParseResult result, string path)
    {
        var options = new ClassifyZeroShotOptions();
        if (result.GetValue(_logitScale) is { } scale)
            options = scale > 0 && float.IsFinite(scale) ? options with { LogitScale = scale } : throw new UsageException("--logit-scale takes a positive number.");
        if (result.GetValue(_top) is { } top)
            options = top > 0 ? options with { TopCount = top } : throw new UsageException("--top takes a number from 1.");
        var (modality, text) = (result.GetValue(_modality), result.GetValue(_textModality));
        if (_map.Load(session, result) is not { } model)
            return modality is null && text is null ? options : throw new UsageException("--modality and --text-modality say which map of --map to take; give that, too.");

        modality ??= "image";
        MapApplication.Check(new ModalityInput([modality], [path], InputFiles.Load(session.ML, path, modality)), modality, model);
        return options with { ImageMap = model.GetMap(modality), TextMap = model.GetMap(text ?? "text") };
    }

    private (ClassifyZeroShotTransformer Classifier, ClassEvaluation Evaluation) Evaluate(
        Session session, ParseResult result, ClassifyZeroShotTransformer classifier, IDataView rows, List<string> labels)
    {
        var count = labels.Count;
        if (labels.FindIndex(label => classifier.Classes.IndexOf(label) < 0) is >= 0 and var wrong)
        {
            var numbered = classifier.Classes.IndexOf($"{labels[wrong]} (1)") < 0 ? "" : $" It is the name of several, numbered '{labels[wrong]} (1)' and so on: say which.";
            throw new InvalidDataException($"'{result.GetValue(_labels)}', line {wrong + 1}: '{labels[wrong]}' is none of the {classifier.Classes.Count} classes.{numbered}");
        }


        return session.Track("Measuring", 3L * count, counter =>
        {
            var data = LabelledRow.Create(session.ML, new WatchedDataView(rows, counter), labels, classifier.InputDimension);
            TemperatureCalibration? fitted = null;
            if (result.GetValue(_calibrate))
            {
                fitted = session.ML.ModalityGap().CalibrateTemperature(
                    classifier.Transform(data), options: new CalibrationOptions { LogitScale = classifier.LogitScale, UnusableRows = UnusableRows.Skip });
                classifier = classifier.WithLogitScale(fitted.LogitScale);
            }

            var top = Math.Min(classifier.Options.TopCount, classifier.Classes.Count);
            var output = classifier.Transform(data);
            var calibration = session.ML.ModalityGap().EvaluateCalibration(
                output, options: new CalibrationOptions { LogitScale = classifier.LogitScale, UnusableRows = UnusableRows.Skip });
            return (classifier, new ClassEvaluation(session.ML.MulticlassClassification.Evaluate(output, topKPredictionCount: top), top, calibration, fitted));
        });
    }
}
