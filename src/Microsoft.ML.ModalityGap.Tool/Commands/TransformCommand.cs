using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary><c>transform</c>: maps one modality's embeddings from file to file, row by row.</summary>
internal sealed class TransformCommand : CommandBase
{
    private readonly MapOptions _map = new("The file with the maps.", isRequired: true);

    private readonly Option<string> _modality = new("--modality") { Description = "Whose map to apply.", HelpName = "name", Required = true };

    private readonly Option<string> _in = new("--in") { Description = "The embeddings: a .npy file of shape (N, D).", HelpName = "file", Required = true };

    private readonly Option<string> _out = new("--out") { Description = "The file to write, another than --in.", HelpName = "file", Required = true };

    private readonly Option<string> _dtype = new("--dtype")
    {
        Description = "The format of the numbers: float16, float32 (the default) or float64.",
        HelpName = "float16|float32|float64",
    };

    private readonly Option<bool> _keepUnusable = new("--keep-unusable")
    {
        Description = "Write a row with NaN or infinity as a row of NaN, so that rows keep their numbers; without it such a row is an error.",
    };

    private readonly ForStoreOptions _store = new();

    internal TransformCommand(ToolConsole console)
        : base("transform", "Apply a modality's map to a .npy file of any size.", console)
    {
        _map.AddTo(this);
        _map.CompleteModalities(_modality);
        Options.Add(_modality);
        Options.Add(_in);
        Options.Add(_out);
        Options.Add(_dtype);
        Options.Add(_keepUnusable);
        _store.AddTo(this);
    }

    private protected override void Run(Session session, ParseResult result)
    {
        var modality = result.GetRequiredValue(_modality);
        var (source, target) = (result.GetRequiredValue(_in), result.GetRequiredValue(_out));
        var elementType = ElementTypes.Parse(result.GetValue(_dtype) ?? ElementTypes.GetName(NpyElementType.Float32));
        var file = _store.Apply(session, result, _map.Load(session, result)!);
        var (map, fingerprint) = (file.GetEntry(modality), file.GetFingerprint(modality));
        if (NpyHeader.Read(source).Shape is { Count: 3 } shape)
        {
            throw new InvalidDataException(
                $"'{source}' has the shape ({string.Join(", ", shape)}): {shape[0]} modalities in one file. transform expects one, of shape (N, D); save it on its own: numpy.save('{modality}.npy', array[i]).");
        }

        var input = new ModalityInput([modality], [source], session.ML.ModalityGap().LoadFromNpy(source, modality));
        OutputFile.Check(session, target, [file.Path, source]);
        MapApplication.Check(input, modality, file);

        var unusable = session.Track("Transforming", input.RowCount, counter =>
        {
            var checkedView = new FiniteRowsDataView(new WatchedDataView(input.View, counter), source, throws: !result.GetValue(_keepUnusable));
            var model = new EmbeddingMapTransformer(session.ML, ModalityColumns.PerColumn(modality), [map], fingerprint);
            session.ML.ModalityGap().SaveAsNpy(model.Transform(checkedView), target, modality, elementType);
            return checkedView.UnusableCount;
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
}
