using System.CommandLine;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary><c>export</c>: writes maps as an ONNX model of their own.</summary>
internal sealed class ExportCommand : CommandBase
{
    private readonly Option<string> _map = new("--map") { Description = "The file with the maps.", HelpName = "map.zip", Required = true };

    private readonly Option<string> _modality = new("--modality")
    {
        Description = "Whose map to write, as input 'embedding' and output 'mapped'. Without it all modalities go into one model, each with an input of its name.",
        HelpName = "name",
    };

    private readonly Option<string> _out = new("--out") { Description = "The ONNX model to write.", HelpName = "map.onnx", Required = true };

    private readonly Option<int?> _opset = new Option<int?>("--opset")
    {
        Description = $"The version of the ONNX operators, 9 to 21. Default {OnnxExportOptions.Default.OpsetVersion}.",
        HelpName = "n",
    }.Within(9, 21);

    private readonly ForStoreOptions _store = new();

    internal ExportCommand(ToolConsole console)
        : base("export", "Write maps as an ONNX model, to be run wherever ONNX runs.", console)
    {
        Options.Add(_map);
        Options.Add(_modality);
        Options.Add(_out);
        Options.Add(_opset);
        _store.AddTo(this);
    }

    private protected override void Run(Session session, ParseResult result)
    {
        var (mapPath, target, modality) = (result.GetRequiredValue(_map), result.GetRequiredValue(_out), result.GetValue(_modality));
        OutputFile.Check(session, target, [mapPath]);
        var model = _store.Apply(session, result, ModelFile.Load(session.ML, mapPath));
        var options = new OnnxExportOptions { OpsetVersion = result.GetValue(_opset) ?? OnnxExportOptions.Default.OpsetVersion };
        if (modality is not null)
        {
            session.ML.ModalityGap().SaveHeadAsOnnx(model.GetOnnxMap(modality), target, options);
        }
        else
        {
            var all = model.Names.Select(name => (name, name + ".output", (OnnxHead)model.GetOnnxMap(name)));
            session.ML.ModalityGap().WriteOnnx(target, [.. all], options);
        }

        if (result.GetValue(Json))
            session.Console.WriteJson(OnnxReport.ToJson(target));
        else
            session.Console.WriteTables([OnnxReport.ToTable(target)]);
    }
}
