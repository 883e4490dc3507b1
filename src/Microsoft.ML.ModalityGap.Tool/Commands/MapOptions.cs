using System.CommandLine;
using System.CommandLine.Completions;

namespace Microsoft.ML.ModalityGap.Tool;

using Command = System.CommandLine.Command; // Microsoft.ML.Command is a namespace

/// <summary><c>--map</c> and <c>--remap</c>: the one place that reads them.</summary>
internal sealed class MapOptions
{
    private readonly Option<string> _map;

    private readonly Option<bool> _remap = new("--remap")
    {
        Description = "Put vectors through --map that are mapped already; without it that is an error, since it opens the gap again.",
    };

    /// <param name="description">What the command does with the maps.</param>
    /// <param name="isRequired">Whether it can do without.</param>
    internal MapOptions(string description, bool isRequired = false) =>
        _map = new Option<string>("--map") { Description = description, HelpName = "map.zip", Required = isRequired };

    internal void AddTo(Command command)
    {
        command.Options.Add(_map);
        command.Options.Add(_remap);
    }

    /// <summary>Lets shells complete the names of modalities that the maps are for.</summary>
    internal void CompleteModalities(Option<string> option) => option.CompletionSources.Add(context =>
    {
        try
        {
            return GetPath(context.ParseResult) is { } path ? ModelFile.Load(new MLContext(), path).Names.Select(name => new CompletionItem(name)) : [];
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException)
        {
            // A line in the making need not be right; there is nothing to complete then.
            return [];
        }
    });

    /// <summary>The file with the maps, or <see langword="null"/>.</summary>
    internal string? GetPath(ParseResult result) => result.GetValue(_map);

    /// <summary>Opens the file; <see langword="null"/> where none is given.</summary>
    /// <exception cref="UsageException"><c>--remap</c> is given without maps.</exception>
    internal ModelFile? Load(Session session, ParseResult result)
    {
        var remap = result.GetValue(_remap);
        if (GetPath(result) is { } path)
            return ModelFile.Load(session.ML, path, remap);
        return remap ? throw new UsageException("--remap goes with --map.") : null;
    }
}
