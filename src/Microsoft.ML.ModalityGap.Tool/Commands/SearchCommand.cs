using System.CommandLine;
using System.Globalization;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary><c>search</c>: the nearest rows of a gallery, made from .npy files or saved before, for each row of another file.</summary>
internal sealed class SearchCommand : CommandBase
{
    private const int DefaultK = 10;

    private readonly ModalityOptions _gallery = new();

    private readonly Option<string> _index = new("--index") { Description = "Search an index that --save-index wrote, instead of --modality or --pair.", HelpName = "file" };

    private readonly Option<string> _saveIndex = new("--save-index") { Description = "Save the index of the gallery.", HelpName = "file" };

    private readonly QueryOptions _queries = new();

    private readonly Option<int?> _k = new Option<int?>("--k") { Description = $"How many neighbours of each query. Default {DefaultK}.", HelpName = "number" }.Within(1);

    private readonly Option<string> _filter = new("--filter") { Description = "Find rows of these modalities only.", HelpName = "a,b" };

    private readonly Option<string> _out = new("--out") { Description = "Write a line for each hit: tab-separated to hits.tsv, JSON objects to hits.jsonl. Or all of them to part.hits, to be merged with those of other shards.", HelpName = "file" };

    private readonly Option<string> _metric = new("--metric") { Description = "cosine (the default), dot, or 1 - the signal-to-noise distance from the query.", HelpName = "cosine|dot|signaltonoise" };

    private readonly Option<string> _storage = new("--storage") { Description = "How the index holds its rows: float32 (the default), float16 or int8.", HelpName = "float32|float16|int8" };

    private readonly Option<string> _firstPass = new("--first-pass")
    {
        Description = "What is looked through before rows are read: none (the default), int8 (finds the same, from fewer bytes), or approximatebits (sign bits; for the cosine, and rows may be missing).",
        HelpName = "none|int8|approximatebits",
    };

    private readonly Option<int?> _candidates = new Option<int?>("--candidates")
    {
        Description = "How many rows the sign bits of --first-pass approximatebits propose for each query. Default 20 times --k, 200 at least.",
        HelpName = "number",
    }.Within(1);

    private readonly MapOptions _map = new("Put gallery, queries and banks through the maps of this file; with --index the queries and banks only.");

    private readonly Option<string> _queryModality = new("--query-modality") { Description = "Which modality the queries have, where --map maps them or the index corrects similarities. Default text for --text, image for --image.", HelpName = "name" };

    private readonly Option<bool> _noCorrection = new("--no-correction") { Description = "Search by plain similarities, though the model or the index has a correction." };

    private readonly Option<double?> _minScore = new("--min-score") { Description = "Find only rows with at least this score; a query may then find nothing.", HelpName = "number" };

    private readonly Option<double?> _minProbability = new("--min-probability")
    {
        Description = "Find only rows that match with at least this probability; for a model fitted with --correction. A query may then find nothing.",
        HelpName = "0..1",
    };

    private readonly Option<long> _firstRow = new Option<long>("--first-row")
    {
        Description = "The number of the gallery's first row among the rows of all shards, from which ids and .hits files count. Default 0.",
        HelpName = "number",
    }.Within(0);

    private readonly OwnRows _own = new();

    private readonly RescorerOptions _rescorer = new();

    private readonly Option<bool> _skipUnusable = new("--skip-unusable")
    {
        Description = "Leave gallery rows with NaN, infinity or only zeros out, and find nothing for such queries; without it they are an error.",
    };

    internal SearchCommand(ToolConsole console)
        : base("search", "Search a gallery of .npy files, exactly unless sign bits are asked for.", console)
    {
        _gallery.AddTo(this);
        _queries.AddTo(this);
        foreach (var option in (Option[])[_index, _saveIndex, _k, _filter, _out, _metric, _storage, _firstPass, _candidates, _queryModality, _noCorrection, _minScore, _minProbability, _firstRow])
            Options.Add(option);
        _own.AddTo(this);
        _map.AddTo(this);
        _map.CompleteModalities(_queryModality);
        _rescorer.AddTo(this);
        Options.Add(_skipUnusable);
    }

    private protected override void Run(Session session, ParseResult result)
    {
        var (hasQueries, saveIndex, k) = (_queries.AreGiven(result), result.GetValue(_saveIndex), result.GetValue(_k) ?? DefaultK);
        if (!hasQueries && saveIndex is null)
            throw new UsageException("Give --queries, --text or --image to search for, or --save-index to make an index for later.");
        if (result.GetValue(_minProbability) is { } least && !(least is >= 0 and <= 1))
            throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"--min-probability takes a number from 0 to 1, but {least} was given."));
        if (result.GetValue(_minScore) is double.NaN)
            throw new UsageException("--min-score takes a number.");
        if (k < 1)
            throw new UsageException($"--k takes a positive number, but {k} was given.");
        var model = _map.Load(session, result);
        var queryModality = result.GetValue(_queryModality) ?? _queries.GetModality(result);
        if (model is not null && hasQueries && queryModality is null)
            throw new UsageException($"--map maps the queries, too: say with --query-modality which of '{string.Join("', '", model.Names)}' they are.");
        string[] read = [.. _gallery.GetPaths(result), .. _queries.GetPaths(result), .. new[] { result.GetValue(_index), _map.GetPath(result) }.OfType<string>()];
        if (saveIndex is not null)
            OutputFile.Check(session, saveIndex, [.. read, .. _rescorer.GetPaths(result)], _saveIndex.Name);
        if (result.GetValue(_out) is { } hits)
        {
            if (!hasQueries)
                throw new UsageException("--out writes what a search finds; give --queries, --text or --image.");
            HitsFile.CheckName(hits, _out.Name);
            OutputFile.Check(session, hits, saveIndex is null ? [.. read, .. _rescorer.GetPaths(result)] : [.. read, .. _rescorer.GetPaths(result), saveIndex]);
        }

        _rescorer.Check(session, result, hasQueries, saveIndex is null ? read : [.. read, saveIndex]);

        var index = OpenIndex(session, result, model);
        if (!hasQueries)
        {
            index.Save(saveIndex!);
            Write(session, result, new SearchRun(index, k, null, null, []));
            return;
        }

        CheckCorrection(result, index, queryModality);
        var isApproximate = index.Options.FirstPass == IndexFirstPass.ApproximateBits;
        if (result.GetValue(_candidates) is not null && !isApproximate)
            throw new UsageException("--candidates is how many rows sign bits propose; it goes with --first-pass approximatebits, or an index made with it.");
        var skips = result.GetValue(_skipUnusable);
        var queryName = queryModality ?? "query";
        var queries = new MappedRows(_queries.Open(session, result, queryName), queryName, model);
        var queryPath = queries.Path;
        if (queries.Dimension != index.Dimension)
            throw new InvalidDataException($"The rows of the gallery have {index.Dimension} dimensions, but '{queryPath}' has {queries.Dimension}.");
        if (model is not null && _queries.GetPath(result) is not null)
            queries.WarnIfFitted(session, model);
        if (index.Fingerprint is { } maps && queries.Fingerprint is null)
            session.AddWarning($"the rows of the gallery came through the maps {maps}, but nothing tells that those of '{queryPath}' did. If they are raw, map them: --map and --query-modality.");
        else if (index.Fingerprint is null && queries.Fingerprint is { } own)
            session.AddWarning($"'{queryPath}' came through the maps {own}, but nothing tells that the rows of the gallery did. If they are raw, map them, too.");
        var rescorer = _rescorer.Create(session, result, (name, path) => Open(session.ML, name ?? queryName, path, model), skips);
        var rows = session.Track("Reading queries", queries.Count, counter => queries.Read(counter, index.FindQueryDefect, skips, keepPlaces: true));
        var options = new SearchOptions
        {
            Modalities = GetFilter(result.GetValue(_filter), index),
            Rescorer = rescorer,
            QueryModality = index.Options.Correction is null ? null : queryModality,
            UseCorrection = !result.GetValue(_noCorrection),
            ApproximateCandidates = result.GetValue(_candidates),
            MinimumScore = result.GetValue(_minScore),
            MinimumProbability = result.GetValue(_minProbability),
            Fingerprint = queries.Fingerprint,
            UnusableRows = skips ? UnusableRows.Skip : UnusableRows.Throw,
        };
        var part = result.GetValue(_out) is { } target && HitsFile.IsPart(target) ? target : null;
        if (part is not null && isApproximate)
            throw new UsageException("What sign bits find of shards, merged, is not what they find of the whole gallery; .hits files do not go with --first-pass approximatebits.");
        if (part is not null && !TopHits.RanksRowsAlone(index, options))
            throw new UsageException("Scores of this metric or rescorer are of the gallery as a whole, so that what shards find cannot be merged. Take cosine or dot, a model's correction, or --hubness is or dual-is.");
        if (part is not null && _own.AreLeftOut(result))
            throw new UsageException("--leave-out-own looks at the whole gallery; it does not go with .hits files.");
        var items = _queries.FindItems(result, queries.Count);
        var found = session.Track("Searching", total: null, _ => index.SearchBatch(rows.AsSpan(), _own.Widen(result, k), options));
        var neighbors = _own.Remove(result, found, k, index, items, queryModality);

        // Last, so that whatever fails before leaves no file.
        if (saveIndex is not null)
            index.Save(saveIndex);
        _rescorer.Save(result, rescorer);
        var run = new SearchRun(index, k, rescorer?.Method.GetType().Name ?? (index.Options.Correction is null || result.GetValue(_noCorrection) ? null : "correction"), items, neighbors) { FirstRow = result.GetValue(_firstRow) };
        if (part is not null)
            HitsPartFormat.Save(part, new HitsPart { K = k, Ranges = [new RowRange(run.FirstRow, index.Count)], Terms = HitsPart.Describe(index, rows, options), Items = items, Queries = run.Hits });
        else if (result.GetValue(_out) is { } hitsPath)
            HitsFile.Write(hitsPath, items, run.Hits);
        Write(session, result, run);
    }

    private void Write(Session session, ParseResult result, SearchRun run)
    {
        if (result.GetValue(Json))
            session.Console.WriteJson(SearchReport.ToJson(run));
        else
            session.Console.WriteTables([SearchReport.ToTable(run)]);
    }

    private static MappedRows Open(MLContext ml, string name, string path, ModelFile? model) => new(QueryOptions.OpenFile(ml, name, path), name, model);

    private static string[]? GetFilter(string? filter, EmbeddingIndex index)
    {
        var names = filter?.Split(',', StringSplitOptions.TrimEntries);
        return names?.FirstOrDefault(name => !index.Modalities.Contains(name)) is { } unknown
            ? throw new UsageException($"The gallery has no modality '{unknown}'. It has '{string.Join("', '", index.Modalities)}'.")
            : names;
    }

    private EmbeddingIndex OpenIndex(Session session, ParseResult result, ModelFile? model)
    {
        if (result.GetValue(_index) is { } path)
        {
            if (_gallery.IsGiven(result) || result.GetValue(_metric) is not null || result.GetValue(_storage) is not null || result.GetValue(_firstPass) is not null)
                throw new UsageException("--index brings its rows, its metric, its storage and its first pass with it; give it without --modality, --pair, --metric, --storage and --first-pass.");
            return EmbeddingIndex.Load(path);
        }

        var metric = Parse<SimilarityMetric>(result.GetValue(_metric), "--metric");
        var firstPass = Parse<IndexFirstPass>(result.GetValue(_firstPass), "--first-pass");
        if (firstPass == IndexFirstPass.ApproximateBits && metric != SimilarityMetric.Cosine)
            throw new UsageException("Sign bits tell angles: --first-pass approximatebits goes with --metric cosine.");
        return GalleryIndex.Create(session, _gallery.Open(session, result, mayBeUnpaired: true), model, new EmbeddingIndexOptions
        {
            Metric = metric,
            FirstPass = firstPass,
            Storage = Parse<IndexStorage>(result.GetValue(_storage), "--storage"),
            UnusableRows = result.GetValue(_skipUnusable) ? UnusableRows.Skip : UnusableRows.Throw,
            Correction = metric == SimilarityMetric.Cosine ? model?.Correction
                : model?.Correction is null || result.GetValue(_noCorrection) ? null
                : throw new UsageException($"'{model.Path}' corrects cosines; another --metric goes with --no-correction."),
        }, result.GetValue(_firstRow));
    }

    /// <summary>Looks at what is given against what the index can do.</summary>
    private void CheckCorrection(ParseResult result, EmbeddingIndex index, string? queryModality)
    {
        var correction = result.GetValue(_noCorrection) ? null : index.Options.Correction;
        if (correction is null)
        {
            if (result.GetValue(_minProbability) is not null)
                throw new UsageException("--min-probability needs a model fitted with --correction, or an index made with one; --min-score does not.");
            return;
        }

        if (_rescorer.IsGiven(result))
            throw new UsageException("The index corrects similarities itself; give --no-correction with --hubness or --rescorer.");
        if (queryModality is null && correction.Modalities.Count > 1)
            throw new UsageException($"The index corrects similarities: say with --query-modality which of '{string.Join("', '", correction.Modalities)}' the queries are.");
        if (queryModality is not null && !correction.Modalities.Contains(queryModality))
            throw new UsageException($"The index's correction knows no modality '{queryModality}'. It knows '{string.Join("', '", correction.Modalities)}'.");
        if (result.GetValue(_minProbability) is not null && correction.FindCalibration(queryModality ?? correction.Modalities[0]) is null)
            throw new UsageException("The correction is not calibrated to probabilities: it was fitted on fewer than 10 rows, or on one modality. --min-score does not need that.");
    }

    private static T Parse<T>(string? value, string option)
        where T : struct, Enum
    {
        var names = Enum.GetNames<T>();
        return value is null ? default
            : Array.Find(names, name => string.Equals(name, value, StringComparison.OrdinalIgnoreCase)) is { } name ? Enum.Parse<T>(name)
            : throw Suggestion.CreateException(option, value, names.Select(each => each.ToLowerInvariant()));
    }
}
