using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary><c>transform</c>: maps one modality's embeddings from file to file, row by row.</summary>
internal sealed class TransformCommand : CommandBase
{
    private readonly MapOptions _map = new("The file with the maps.", isRequired: true);

    private readonly Option<string> _modality = new("--modality") { Description = "Whose map to apply.", HelpName = "name", Required = true };

    private readonly Option<string> _in = new("--in") { Description = "The embeddings, of shape (N, D): .npy, .npz:array, .safetensors:tensor, .parquet:column, .arrow:column, .h5:path; or shards: a folder, or a pattern in quotes ('emb_*.npy').", HelpName = "file", Required = true };

    private readonly Option<string> _out = new("--out") { Description = "The file to write, another than --in: .npy, .npz, .safetensors; or a table, .parquet, .arrow or .h5, which keeps the columns of a table --in and replaces the embeddings (out.parquet:mapped adds them as mapped). For shards, the folder that gets a file for each.", HelpName = "file", Required = true };

    private readonly Option<string> _dtype = new("--dtype")
    {
        Description = "The format of the numbers: float16, float32 (the default) or float64.",
        HelpName = "float16|float32|float64",
    };

    private readonly Option<bool> _keepUnusable = new("--keep-unusable")
    {
        Description = "Write a row with NaN or infinity as a row of NaN, so that rows keep their numbers; without it such a row is an error.",
    };

    private readonly Option<long?> _shardRows = new("--shard-rows") { Description = "Write shards of so many rows into the folder --out: MODALITY_0.npy, MODALITY_1.npy, ...", HelpName = "n" };

    private readonly ForStoreOptions _store = new();

    internal TransformCommand(ToolConsole console)
        : base("transform", "Apply a modality's map to files of any size.", console)
    {
        _map.AddTo(this);
        _map.CompleteModalities(_modality);
        Options.Add(_modality);
        Options.Add(_in);
        Options.Add(_out);
        Options.Add(_dtype);
        Options.Add(_keepUnusable);
        Options.Add(_shardRows);
        _store.AddTo(this);
    }

    private protected override void Run(Session session, ParseResult result)
    {
        var modality = result.GetRequiredValue(_modality);
        var (source, target) = (result.GetRequiredValue(_in), result.GetRequiredValue(_out));
        var elementType = ElementTypes.Parse(result.GetValue(_dtype) ?? ElementTypes.GetName(NpyElementType.Float32));
        var file = _store.Apply(session, result, _map.Load(session, result)!);
        var (map, fingerprint) = (file.GetEntry(modality), file.GetFingerprint(modality));
        if (InputFiles.ReadShape(source) is { Count: 3 } shape)
        {
            throw new InvalidDataException(
                $"'{source}' has the shape ({string.Join(", ", shape)}): {shape[0]} modalities in one file. transform expects one, of shape (N, D); save it on its own: numpy.save('{modality}.npy', array[i]).");
        }

        var input = new ModalityInput([modality], [source], InputFiles.Load(session.ML, [(modality, source)], result.GetValue(_keepUnusable) ? UnusableRows.Skip : UnusableRows.Throw));
        var parts = Split(session.ML, result, input, modality, source, target);

        foreach (var part in parts)
            OutputFiles.CheckElementType(part.Target, elementType);

        // A folder for shards is made when there is something to put into it.
        foreach (var part in parts.Where(part => part.Target == target || Directory.Exists(target)))
            OutputFile.Check(session, OutputFiles.Split(part.Target).Path, [file.Path, .. InputFiles.GetFiles(source)]);
        MapApplication.Check(input, modality, file);

        var unusable = session.Track("Transforming", input.RowCount, counter =>
        {
            var count = 0L;
            foreach (var part in parts)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(part.Target))!);
                count += Write(session, part.Source, part.View, part.Target, map, fingerprint, elementType, counter, throws: !result.GetValue(_keepUnusable));
            }

            return count;
        });
        if (unusable > 0)
            session.AddWarning(string.Create(CultureInfo.InvariantCulture, $"{unusable} of {input.RowCount} rows of '{source}' hold NaN or infinity and were written as NaN."));

        if (result.GetValue(Json))
        {
            session.Console.WriteJson(new JsonObject
            {
                ["file"] = target,
                ["modality"] = modality,
                ["rows"] = input.RowCount,
                ["dimension"] = map.Map.OutputDimension,
                ["type"] = ElementTypes.GetName(elementType),
                ["modelFingerprint"] = fingerprint,
            });
        }
        else
        {
            session.Console.WriteTables(
            [
                new TextTable(target, ["rows", "dimension", "type", "maps"])
                {
                    Rows = [[input.RowCount.ToString("N0", CultureInfo.InvariantCulture), map.Map.OutputDimension.ToString(CultureInfo.InvariantCulture), ElementTypes.GetName(elementType), fingerprint]],
                },
            ]);
        }
    }

    /// <summary>Writes the mapped embeddings; from table to table with what is beside them, in the place of the embeddings or as a column of its own.</summary>
    /// <returns>How many rows held NaN or infinity.</returns>
    private static long Write(Session session, string source, IDataView embeddings, string target, ModalityMap map, string fingerprint, NpyElementType elementType, RowCounter counter, bool throws)
    {
        var name = OutputFiles.Split(target).Name;
        var (input, view) = (map.Modality, embeddings);
        var isWhole = OutputFiles.IsTable(target) && TableFiles.Handles(source);
        if (isWhole)
        {
            input = TableFiles.FindVectorField(source, TableFiles.Open(source)[0]);
            view = TableFiles.LoadTable(session.ML.ModalityGap().Host, source, columnNames: null, throws ? UnusableRows.Throw : UnusableRows.Skip);
        }

        var checkedView = new FiniteRowsDataView(new WatchedDataView(view, counter), source, input, throws);
        var model = new EmbeddingMapTransformer(session.ML, ModalityColumns.PerColumn(new InputOutputColumnPair(name ?? input, input)), [map.Rename(input)], fingerprint);
        OutputFiles.Write(session.ML, model.Transform(checkedView), target, name ?? input, elementType, isWhole);
        return checkedView.UnusableCount;
    }

    /// <summary>What is read and where it goes: one file, shards as they come, or shards of the length asked for.</summary>
    private List<(string Source, IDataView View, string Target)> Split(MLContext ml, ParseResult result, ModalityInput input, string modality, string source, string target)
    {
        var shards = InputFiles.GetFiles(source);
        if (result.GetValue(_shardRows) is { } rows)
        {
            if (rows < 1)
                throw new UsageException($"--shard-rows is {rows}; a shard has at least one row.");
            CheckIsFolder(target, "--shard-rows writes several files");
            var count = (int)Math.Max(1, (input.RowCount + rows - 1) / rows);
            return [.. Enumerable.Range(0, count).Select(i => (source, ml.Data.TakeRows(i == 0 ? input.View : ml.Data.SkipRows(input.View, i * rows), rows), Path.Combine(target, $"{modality}_{i}.npy")))];
        }

        if (shards.Count == 1)
            return [(source, input.View, target)];
        CheckIsFolder(target, $"'{source}' is {shards.Count} shards");
        return [.. shards.Zip(InputFiles.GetShards(source), (file, shard) => (shard, InputFiles.Load(ml, shard, modality), Path.Combine(target, Path.GetFileNameWithoutExtension(file) + OutputFiles.GetExtension(file))))];
    }

    private static void CheckIsFolder(string target, string reason)
    {
        if (File.Exists(target) || Path.HasExtension(target))
            throw new UsageException($"{reason}, so --out names a folder for them, but '{target}' is{(File.Exists(target) ? "" : " named like")} a file.");
    }
}
