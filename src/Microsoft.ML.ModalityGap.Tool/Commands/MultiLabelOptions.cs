using System.CommandLine;
using System.Globalization;

namespace Microsoft.ML.ModalityGap.Tool;

using Command = System.CommandLine.Command; // Microsoft.ML.Command is a namespace

/// <summary><c>--multi-label</c> and what goes with it: the one place that reads these.</summary>
internal sealed class MultiLabelOptions
{
    private const string Group = "Several classes a row";

    private readonly Option<bool> _multiLabel = new("--multi-label") { Description = "A row may have any number of classes: each from its threshold on. Lines of --labels then name all classes of a row, separated by tabs; an empty line has none." };

    private readonly Option<float?> _threshold = new("--threshold") { Description = "With --multi-label: the cosine from which on a row has a class.", HelpName = "number" };

    private readonly Option<string> _thresholds = new("--thresholds") { Description = "Instead, a file with a number for each class, one a line.", HelpName = "file" };

    private readonly Option<bool> _choose = new("--choose-thresholds") { Description = "Instead, with --labels: for each class the threshold of the highest F1. Measured on the same rows it flatters." };

    internal void AddTo(Command command)
    {
        foreach (var option in (Option[])[_multiLabel, _threshold, _thresholds, _choose])
        {
            option.SetGroup(Group);
            command.Options.Add(option);
        }
    }

    internal bool IsGiven(ParseResult result) => result.GetValue(_multiLabel);

    internal bool Chooses(ParseResult result) => result.GetValue(_choose);

    /// <summary>The files that are read.</summary>
    internal IEnumerable<string> GetPaths(ParseResult result) => new[] { result.GetValue(_thresholds) }.OfType<string>();

    /// <exception cref="UsageException">The options do not go together.</exception>
    internal void Check(ParseResult result, bool hasLabels, bool calibrates)
    {
        var sources = new[] { result.GetValue(_threshold) is not null, result.GetValue(_thresholds) is not null, Chooses(result) }.Count(isGiven => isGiven);
        if (!IsGiven(result))
        {
            if (sources > 0)
                throw new UsageException("--threshold, --thresholds and --choose-thresholds go with --multi-label; of one class a row the likeliest is taken.");
            return;
        }

        if (sources != 1)
            throw new UsageException("--multi-label needs one of --threshold number, --thresholds file, or --choose-thresholds with --labels: which cosine says yes depends on the model.");
        if (Chooses(result) && !hasLabels)
            throw new UsageException("--choose-thresholds chooses by the true classes; give them with --labels.");
        if (calibrates)
            throw new UsageException("--calibrate fits the probabilities of one class a row; it does not go with --multi-label.");
        if (result.GetValue(_threshold) is { } value && !float.IsFinite(value))
            throw new UsageException("--threshold takes a finite number.");
    }

    /// <summary>The options with mode and thresholds set.</summary>
    /// <exception cref="InvalidDataException">The file has another number of lines than there are classes, or a line is no number.</exception>
    internal ClassifyZeroShotOptions Apply(ParseResult result, ClassifyZeroShotOptions options, int classCount)
    {
        float[] thresholds = result.GetValue(_thresholds) is { } path ? ReadThresholds(path, classCount) : [result.GetValue(_threshold) ?? 0];
        return options with { Mode = ZeroShotMode.MultiLabel, Thresholds = thresholds };
    }

    private static float[] ReadThresholds(string path, int classCount)
    {
        var lines = TextLines.Read(path);
        if (lines.Count != classCount)
            throw new InvalidDataException($"'{path}' has {lines.Count} lines, but there are {classCount} classes; a threshold for each is expected.");
        return [.. lines.Select((line, i) => float.TryParse(line, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && float.IsFinite(value)
            ? value
            : throw new InvalidDataException($"'{path}', line {i + 1}: expected a number, found '{line}'."))];
    }
}
