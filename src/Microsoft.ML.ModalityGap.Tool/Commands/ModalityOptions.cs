using System.CommandLine;

namespace Microsoft.ML.ModalityGap.Tool;

using Command = System.CommandLine.Command; // Microsoft.ML.Command is a namespace

/// <summary><c>--modality</c>, <c>--pair</c> and <c>--names</c>: the one place that reads them.</summary>
internal sealed class ModalityOptions
{
    private static readonly string[] _defaultPairNames = ["image", "text"];

    private readonly Option<string[]> _modality = new("--modality")
    {
        Description = "A modality and its .npy file of shape (N, D), such as image=img.npy; or .npz, .safetensors, .parquet:column, shards. Repeat it per modality. Row i of all belongs together; only fit, search and --ids take files of different length.",
        HelpName = "name=file",
    };

    private readonly Option<string> _pair = new("--pair")
    {
        Description = "Instead, one .npy file of shape (2, N, D).",
        HelpName = "file",
    };

    private readonly Option<string> _names = new("--names")
    {
        Description = "The modalities in the --pair file, in order. Default image,text.",
        HelpName = "a,b",
    };

    internal void AddTo(Command command)
    {
        command.Options.Add(_modality);
        command.Options.Add(_pair);
        command.Options.Add(_names);
    }

    /// <summary>Whether any modality is named.</summary>
    internal bool IsGiven(ParseResult result) => result.GetValue(_modality) is { Length: > 0 } || result.GetValue(_pair) is not null;

    /// <summary>The files named, as far as they can be told before they are opened.</summary>
    internal IEnumerable<string> GetPaths(ParseResult result) =>
        [.. (result.GetValue(_modality) ?? []).Select(specification => NamedFile.Parse("--modality", specification, "image=img.npy").Path).Concat(new[] { result.GetValue(_pair) }.OfType<string>())
            .SelectMany(InputFiles.GetFiles)];

    /// <summary>Opens the files.</summary>
    /// <param name="session">The run.</param>
    /// <param name="result">The command line.</param>
    /// <param name="mayBeUnpaired">Whether the modalities may have different numbers of rows.</param>
    internal ModalityInput Open(Session session, ParseResult result, bool mayBeUnpaired = false)
    {
        var specifications = result.GetValue(_modality) ?? [];
        var pair = result.GetValue(_pair);
        var names = result.GetValue(_names);
        if (pair is not null && specifications.Length > 0)
            throw new UsageException("Give either --modality or --pair, not both.");
        if (names is not null && pair is null)
            throw new UsageException("--names goes with --pair; --modality name=file has its name already.");
        var ml = session.ML;
        var input = pair is null ? OpenFiles(ml, specifications, mayBeUnpaired, SkipsUnusable(result) ? UnusableRows.Skip : UnusableRows.Throw) : OpenPair(ml, pair, names);
        session.Items.Add(input);
        input.CheckMaps();
        return input;
    }

    private static ModalityInput OpenPair(MLContext ml, string path, string? names)
    {
        var columns = names?.Split(',', StringSplitOptions.TrimEntries) ?? _defaultPairNames;
        Check(columns);
        if (names is null && InputFiles.ReadShape(path) is not [2, _, _] and var shape)
        {
            throw new InvalidDataException(shape.Count == 3
                ? $"'{path}' has the shape ({string.Join(", ", shape)}), so it holds {shape[0]} modalities; name them: --names a,b,..."
                : $"'{path}' has the shape ({string.Join(", ", shape)}); --pair expects (2, N, D). For a file of shape (N, D) give --modality name=file.");
        }

        return new ModalityInput(columns, [.. columns.Select(_ => path)], InputFiles.Load(ml, path, columns));
    }

    private static ModalityInput OpenFiles(MLContext ml, string[] specifications, bool mayBeUnpaired, UnusableRows unusableRows)
    {
        if (specifications.Length == 0)
            throw new UsageException("Name the modalities: --modality image=img.npy --modality text=txt.npy, or --pair clip.npy for a file of shape (2, N, D).");

        var files = new (string ColumnName, string Path)[specifications.Length];
        for (var i = 0; i < files.Length; i++)
            files[i] = NamedFile.Parse("--modality", specifications[i], "image=img.npy");

        Check([.. files.Select(file => file.ColumnName)]);
        foreach (var (name, path) in files)
        {
            var shape = InputFiles.ReadShape(path);
            if (shape.Count is not (2 or 3))
                throw new InvalidDataException($"'{path}' has the shape ({string.Join(", ", shape)}), which is {(shape.Count == 0 ? "a single number" : "no matrix")}; --modality {name} expects (N, D).");
            if (shape.Count == 3)
            {
                throw new InvalidDataException(
                    $"'{path}' has the shape ({string.Join(", ", shape)}): {shape[0]} modalities in one file. --modality {name} expects one of shape (N, D); give this file as --pair.");
            }
        }

        var isPaired = !mayBeUnpaired || files.Select(file => InputFiles.ReadShape(file.Path)[0]).Distinct().Count() == 1;
        return new ModalityInput(
            [.. files.Select(file => file.ColumnName)],
            [.. files.Select(file => file.Path)],
            isPaired ? [InputFiles.Load(ml, files, unusableRows)] : [.. files.Select(file => InputFiles.Load(ml, [file], unusableRows))]);
    }

    /// <summary>Whether the command has an option that leaves unusable rows out, and it is given.</summary>
    private static bool SkipsUnusable(ParseResult result) =>
        result.CommandResult.Command.Options.Any(option => option.Name == "--skip-unusable" && result.GetResult(option) is { Implicit: false });

    private static void Check(IReadOnlyList<string> names)
    {
        if (names.Contains(""))
            throw new UsageException("The name of a modality is empty.");
        if (names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new UsageException($"The modality '{twice.Key}' is given twice.");
    }
}
