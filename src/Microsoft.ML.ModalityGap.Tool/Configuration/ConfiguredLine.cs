using System.CommandLine;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>A command line with what <see cref="ConfigFile"/> adds to it: options that the command takes and the line neither has nor excludes. The line wins.</summary>
internal static class ConfiguredLine
{
    /// <summary>Which options of a line leave one of the file out, beside itself.</summary>
    private static readonly Dictionary<string, string[]> _excluding = new(StringComparer.Ordinal)
    {
        ["--modality"] = ["--pair", "--index"],
        ["--pair"] = ["--modality", "--index"],
        ["--names"] = ["--modality", "--index"],
        ["--map"] = ["--holdout", "--select"],
        ["--model"] = ["--class-embeddings"],
    };

    /// <summary>Where an option says something only beside one of others.</summary>
    private static readonly Dictionary<(string Command, string Option), string[]> _needing = new()
    {
        [("search", "--model")] = ["--text", "--image"],
    };

    /// <param name="root">The commands.</param>
    /// <param name="arguments">The line.</param>
    /// <param name="console">Where the run is, and where what was added is told.</param>
    /// <param name="isSilent">Whether to add without a word.</param>
    internal static string[] Complete(RootCommand root, string[] arguments, ToolConsole console, bool isSilent)
    {
        var result = root.Parse(arguments);
        var command = result.CommandResult.Command;
        if (command == root || arguments.Any(argument => argument is "--help" or "-h" or "-?" or "/?" or "/h") || ConfigFile.Find(console.Folder) is not { } config)
            return arguments;

        var added = new List<string>();
        foreach (var (name, others) in _excluding)
        {
            // 'transform --modality text' names whose map to apply; only beside --pair it names files.
            if (!Takes(name) || (name == "--modality" && !Takes("--pair")) || new[] { name }.Concat(others).Any(Has)
                || (_needing.TryGetValue((command.Name, name), out var needed) && !needed.Any(Has)))
                continue;
            foreach (var value in config.GetValues(name))
                added.AddRange([name, value]);
        }

        if (added.Count == 0)
            return arguments;
        if (!isSilent)
            ErrorReport.Write(console, $"from {config}: {string.Join(' ', added)}");
        return [.. arguments, .. added];

        bool Takes(string name) => command.Options.Any(option => option.Name == name);
        bool Has(string name) => command.Options.FirstOrDefault(option => option.Name == name) is { } option && result.GetResult(option) is { Implicit: false };
    }
}
