using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary><c>statistics</c>: what a fit needs of some shards, so that any number of jobs on any machines can read them and <c>fit --statistics</c> merges what they wrote.</summary>
internal sealed class StatisticsCommand : CommandBase
{
    private readonly Option<string[]> _modality = new("--modality")
    {
        Description = "A modality and its shards, such as 'image=img_emb_*.npy' in quotes, one file or a folder. Repeat it per modality.",
        HelpName = "name=shards",
        Required = true,
    };

    private readonly Option<bool> _pairs = new("--pairs") { Description = "Row i of shard j of two modalities belongs together: compute covariances between them, too, for methods that learn from pairs." };

    private readonly Option<string> _moments = new Option<string>("--moments") { Description = "How much to compute: mean, variance, or covariance (the default), which every method can be fitted on; of pairs it is covariance.", HelpName = "mean|variance|covariance" }
        .Completing("mean", "variance", "covariance");

    private readonly Option<int?> _folds = new Option<int?>("--folds") { Description = "With --pairs: in how many parts, so that a shrinkage can be chosen by cross-validation (--shrinkage auto takes 5). Default 1.", HelpName = "number" }.Within(1);

    private readonly Option<int?> _sample = new Option<int?>("--sample")
    {
        Description = $"How many rows of all shards together to keep for a correction of similarities and for methods that draw rows: four times --bank-rows of 'fit'. Default {ShardOptions.Default.SampleRows}, 0 for none.",
        HelpName = "number",
    }.Within(0);

    private readonly Option<int> _seed = new("--seed") { Description = "Which rows that are: the same for all jobs. Default 0.", HelpName = "number" };

    private readonly Option<bool> _noNormalize = new("--no-normalize") { Description = "Take the rows as they are; without it they are normalised first. As for 'fit'." };

    private readonly Option<bool> _skipUnusable = new("--skip-unusable") { Description = "Leave rows with NaN, infinity or only zeros out; without it they are an error." };

    private readonly Option<string> _out = new("--out") { Description = "The file to write, for 'fit --statistics'.", HelpName = "file.stats", Required = true };

    internal StatisticsCommand(ToolConsole console)
        : base("statistics", "Compute what a fit needs of shards, to be merged with that of others.", console)
    {
        foreach (var option in (Option[])[_modality, _out, _pairs, _moments, _folds, _sample, _seed, _noNormalize, _skipUnusable])
            Options.Add(option);
    }

    private protected override int? GetSeed(ParseResult result) => result.GetValue(_seed);

    private protected override void Run(Session session, ParseResult result)
    {
        var (path, options) = (result.GetRequiredValue(_out), GetOptions(result));
        var modalities = result.GetRequiredValue(_modality).Select(specification => NamedFile.Parse("--modality", specification, "image=img_emb_*.npy")).ToArray();
        if (modalities.GroupBy(modality => modality.Item1, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new UsageException($"The modality '{twice.Key}' is given twice.");
        var shards = GetShards(result, modalities);
        OutputFile.Check(session, path, shards.SelectMany(shard => shard.Files).Select(file => file.Path));
        foreach (var group in shards.SelectMany(shard => shard.Files.Select(file => (file.Path, Modality: string.Join('+', shard.Names)))).GroupBy(file => file).Where(group => group.Count() > 1))
            throw new UsageException($"The shard '{group.Key.Path}' is named twice.");

        // Before anything is read: all shards of a modality have one shape and one map.
        ShardGroup[] groups = [.. shards.Select(shard => shard.Names).DistinctBy(names => string.Join('\n', names)).Select(names => ShardGroup.Of(shards.First(shard => shard.Names.SequenceEqual(names)).Open(session.ML, options), names))];
        foreach (var shard in shards)
        {
            for (var i = 0; i < shard.Names.Count; i++)
                session.Items.Add(shard.Names[i], shard.Files[i].Name, InputFiles.ReadShape(shard.Files[i].Name)[0]);
        }

        var total = shards.Sum(shard => InputFiles.ReadShape(shard.Files[0].Name)[0]);
        var written = new List<ShardStatistics>();
        session.Track<object?>("Reading", total, counter =>
        {
            StatisticsFile.Write(path, groups, options, shards.Count, samples => shards.Select(shard =>
            {
                var number = Array.FindIndex(groups, group => group.Names.SequenceEqual(shard.Names));
                var statistics = ShardReader.Measure(groups[number], shard.Files, shard.Open(session.ML, options), options, samples[number], counter.Add, session.CancellationToken);
                written.Add(statistics with { Parts = [] });
                return statistics;
            }));
            return null;
        });

        if (written.Sum(shard => shard.SkippedCount) is var skipped and > 0)
            session.AddWarning(string.Create(CultureInfo.InvariantCulture, $"{skipped} of {written.Sum(shard => shard.RowCount)} rows could not be used and were left out."));
        if (result.GetValue(Json))
            session.Console.WriteJson(new JsonObject { ["file"] = path, ["paired"] = result.GetValue(_pairs), ["shards"] = ShardReport.ToJson(written) });
        else
            session.Console.WriteTables([ShardReport.ToTable(string.Create(CultureInfo.InvariantCulture, $"{path}: {options.Describe()}"), written)]);
    }

    private ShardOptions GetOptions(ParseResult result)
    {
        var pairs = result.GetValue(_pairs);
        if (result.GetValue(_folds) is not null && !pairs)
            throw new UsageException("--folds goes with --pairs.");
        var moments = result.GetValue(_moments);
        if (moments is not null && !Enum.GetNames<ModalityMoments>().Contains(moments, StringComparer.OrdinalIgnoreCase))
            throw Suggestion.CreateException("--moments", moments, ["mean", "variance", "covariance"]);
        if (pairs && moments is not null && !moments.Equals("covariance", StringComparison.OrdinalIgnoreCase))
            throw new UsageException("Of pairs covariances are computed; leave --moments away.");
        return new ShardOptions
        {
            Normalize = !result.GetValue(_noNormalize),
            UnusableRows = result.GetValue(_skipUnusable) ? UnusableRows.Skip : UnusableRows.Throw,
            Moments = moments is null ? ModalityMoments.Covariance : Enum.Parse<ModalityMoments>(moments, ignoreCase: true),
            Folds = result.GetValue(_folds) ?? 1,
            SampleRows = result.GetValue(_sample) ?? ShardOptions.Default.SampleRows,
            SampleSeed = result.GetValue(_seed),
        };
    }

    private List<Shard> GetShards(ParseResult result, (string Name, string Path)[] modalities)
    {
        var files = modalities.Select(modality => InputFiles.GetShards(modality.Path)).ToArray();
        if (!result.GetValue(_pairs))
            return [.. modalities.SelectMany((modality, i) => files[i].Select(file => new Shard([modality.Name], [GetFile(file)])))];
        if (modalities.Length != 2)
            throw new UsageException($"--pairs takes two modalities, but {modalities.Length} {(modalities.Length == 1 ? "is" : "are")} given.");
        if (files[0].Count != files[1].Count)
            throw new InvalidDataException($"Shard j of both modalities belongs together, but '{modalities[0].Path}' names {files[0].Count} and '{modalities[1].Path}' {files[1].Count}.");
        return [.. files[0].Zip(files[1], (first, second) => new Shard([modalities[0].Name, modalities[1].Name], [GetFile(first), GetFile(second)]))];
    }

    private static (string Name, string Path) GetFile(string specification) => (specification, InputFiles.GetFiles(specification)[0]);

    /// <param name="Names">The modalities.</param>
    /// <param name="Files">The file of each, as it is named and where it lies.</param>
    private sealed record Shard(IReadOnlyList<string> Names, IReadOnlyList<(string Name, string Path)> Files)
    {
        internal IDataView Open(MLContext ml, ShardOptions options)
        {
            foreach (var (name, _) in Files)
            {
                if (InputFiles.ReadShape(name) is not { Count: 2 } and var shape)
                    throw new InvalidDataException($"'{name}' has the shape ({string.Join(", ", shape)}); (N, D) is expected of a shard.");
            }

            return InputFiles.Load(ml, [.. Names.Zip(Files, (name, file) => (name, file.Name))], options.UnusableRows);
        }
    }
}
