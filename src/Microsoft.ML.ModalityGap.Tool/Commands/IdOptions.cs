using System.CommandLine;

namespace Microsoft.ML.ModalityGap.Tool;

using Command = System.CommandLine.Command; // Microsoft.ML.Command is a namespace

/// <summary><c>--ids</c>: the one place that reads it.</summary>
internal sealed class IdOptions
{
    private readonly Option<string[]> _ids = new("--ids")
    {
        Description = "The ids of a modality's rows, one a line, such as image=ids.txt: rows of the same id belong together, however many there are. Repeat it per modality.",
        HelpName = "name=file",
    };

    internal void AddTo(Command command) => command.Options.Add(_ids);

    /// <summary>Whether rows belong together by ids, so that modalities may have any number of rows.</summary>
    internal bool IsGiven(ParseResult result) => result.GetValue(_ids) is { Length: > 0 };

    /// <summary>The ids per modality, as many as its file has rows.</summary>
    internal IReadOnlyDictionary<string, string[]> Read(ParseResult result, ModalityInput input)
    {
        var ids = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var specification in result.GetValue(_ids) ?? [])
        {
            var (name, path) = NamedFile.Parse(_ids.Name, specification, "image=ids.txt");
            if (!input.Names.Contains(name))
                throw new UsageException($"--ids names the modality '{name}', but {string.Join(", ", input.Names)} {(input.Names.Count == 1 ? "is" : "are")} given.");
            if (!ids.TryAdd(name, TextLines.ReadIds(path, input.GetRowCount(name), input.GetPath(name))))
                throw new UsageException($"--ids gives the ids of '{name}' twice.");
        }

        if (ids.Count > 0 && input.Names.FirstOrDefault(name => !ids.ContainsKey(name)) is { } missing)
            throw new UsageException($"--ids is missing for '{missing}': --ids {missing}=file.");
        return ids;
    }
}
