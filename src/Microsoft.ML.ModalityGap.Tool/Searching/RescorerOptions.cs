using System.CommandLine;

namespace Microsoft.ML.ModalityGap.Tool;

using Command = System.CommandLine.Command; // Microsoft.ML.Command is a namespace

/// <summary><c>--hubness</c> and its banks, or a saved rescorer: the one place that reads them.</summary>
internal sealed class RescorerOptions
{
    private readonly Option<string> _hubness = new("--hubness")
    {
        Description = "Correct similarities: is or dis (QB-Norm), dual-is or dual-dis (Balance Act), csls, dn (distribution normalization).",
        HelpName = "name",
    };

    private readonly Option<string> _queryBank = new("--query-bank") { Description = "The bank of queries for --hubness: a .npy file of queries like those to come.", HelpName = "file" };

    private readonly Option<string> _galleryBank = new("--gallery-bank")
    {
        Description = "The bank of gallery rows, for dual-is, dual-dis and dn; with --map as name=file, so that it is known which map is theirs.",
        HelpName = "[name=]file",
    };

    private readonly Option<string> _beta = new("--beta") { Description = "Inverse temperature: one number for is and dis, two (queries,gallery) for dual-is and dual-dis.", HelpName = "b|b1,b2" };

    private readonly Option<int?> _neighbors = new Option<int?>("--neighbors") { Description = "How many neighbours csls averages, or dis and dual-dis activate.", HelpName = "number" }.Within(1);

    private readonly Option<string> _rescorer = new("--rescorer") { Description = "A rescorer that --save-rescorer wrote, instead of --hubness and banks.", HelpName = "file" };

    private readonly Option<string> _saveRescorer = new("--save-rescorer") { Description = "Save the method with its banks.", HelpName = "file" };

    internal void AddTo(Command command)
    {
        foreach (var option in (Option[])[_hubness, _queryBank, _galleryBank, _beta, _neighbors, _rescorer, _saveRescorer])
            command.Options.Add(option);
    }

    /// <summary>Whether a search is to be rescored.</summary>
    internal bool IsGiven(ParseResult result) => (result.GetValue(_hubness) ?? result.GetValue(_rescorer)) is not null;

    /// <summary>The files that are read.</summary>
    internal IEnumerable<string> GetPaths(ParseResult result)
    {
        if (result.GetValue(_queryBank) is { } queries)
            yield return queries;
        if (result.GetValue(_galleryBank) is { } gallery)
            yield return SplitBank(gallery).Path;
        if (result.GetValue(_rescorer) is { } rescorer)
            yield return rescorer;
    }

    /// <summary>Looks at what is given before the work begins.</summary>
    /// <param name="session">The run.</param>
    /// <param name="result">The command line.</param>
    /// <param name="hasQueries">Whether there is a search to correct.</param>
    /// <param name="others">Files that <c>--save-rescorer</c> must not replace.</param>
    internal void Check(Session session, ParseResult result, bool hasQueries, IEnumerable<string> others)
    {
        var (hubness, saved) = (result.GetValue(_hubness), result.GetValue(_rescorer));
        if (hubness is not null && saved is not null)
            throw new UsageException("Give either --hubness with banks or a saved --rescorer, not both.");
        if (hubness is null && (result.GetValue(_queryBank) ?? result.GetValue(_galleryBank) ?? result.GetValue(_beta) ?? result.GetValue(_saveRescorer)) is not null)
            throw new UsageException("Banks, --beta and --save-rescorer go with --hubness; say which method.");
        if (!hasQueries && (hubness ?? saved) is not null)
            throw new UsageException("--hubness corrects a search; give --queries.");
        if (hubness is null)
            return;
        RescoringMethods.Create(hubness, result.GetValue(_beta), result.GetValue(_neighbors));
        if (result.GetValue(_queryBank) is null)
            throw new UsageException("--hubness needs --query-bank, a .npy file of queries like those to come.");
        if (result.GetValue(_saveRescorer) is { } target)
            OutputFile.Check(session, target, [.. others, .. GetPaths(result)], _saveRescorer.Name);
    }

    /// <summary>The rescorer asked for, or <see langword="null"/>.</summary>
    /// <param name="session">The run.</param>
    /// <param name="result">The command line.</param>
    /// <param name="open">Opens a bank: of a modality, or of the queries' where it is null.</param>
    /// <param name="skipUnusable">Whether bad rows of banks are left out.</param>
    internal Rescorer? Create(Session session, ParseResult result, Func<string?, string, MappedRows> open, bool skipUnusable)
    {
        if (result.GetValue(_rescorer) is { } saved)
            return Rescorer.Load(saved);
        if (result.GetValue(_hubness) is not { } hubness)
            return null;

        var queries = open(null, result.GetValue(_queryBank)!);
        MappedRows? gallery = null;
        if (result.GetValue(_galleryBank) is { } bank)
        {
            var (name, path) = SplitBank(bank);
            gallery = open(name, path);
            if (gallery.Dimension != queries.Dimension)
                throw new InvalidDataException($"The banks are of one space, but '{queries.Path}' has {queries.Dimension} dimensions and '{gallery.Path}' {gallery.Dimension}.");
            MapFingerprint.Check($"'{queries.Path}'", queries.Fingerprint, $"'{gallery.Path}'", gallery.Fingerprint);
        }

        float[] Read(MappedRows rows) => session.Track("Reading a bank", rows.Count, counter => rows.Read(counter, Rescorer.FindDefect, skipUnusable, keepPlaces: false));
        return new Rescorer(
            RescoringMethods.Create(hubness, result.GetValue(_beta), result.GetValue(_neighbors)),
            queries.Dimension,
            Read(queries),
            gallery is null ? [] : Read(gallery),
            queries.Fingerprint ?? gallery?.Fingerprint);
    }

    /// <summary>Writes the rescorer where <c>--save-rescorer</c> says.</summary>
    internal void Save(ParseResult result, Rescorer? rescorer)
    {
        if (result.GetValue(_saveRescorer) is { } target)
            rescorer?.Save(target);
    }

    private static (string? Name, string Path) SplitBank(string bank)
    {
        var separator = bank.IndexOf('=', StringComparison.Ordinal);
        return (separator < 1 ? null : bank[..separator], bank[(separator + 1)..]);
    }
}
