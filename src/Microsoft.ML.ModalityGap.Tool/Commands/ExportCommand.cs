using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary><c>export</c>: writes maps as an ONNX model of their own, or as SQL.</summary>
internal sealed class ExportCommand : CommandBase
{
    private readonly Option<string> _map = new("--map") { Description = "The file with the maps.", HelpName = "map.zip" };

    private readonly Option<string> _modality = new("--modality")
    {
        Description = "Whose map to write, as input 'embedding' and output 'mapped'. Without it all modalities go into one model, each with an input of its name.",
        HelpName = "name",
    };

    private readonly Option<string> _out = new("--out") { Description = "The ONNX model to write, or the SQL.", HelpName = "map.onnx", Required = true };

    private readonly Option<int?> _opset = new Option<int?>("--opset")
    {
        Description = $"The version of the ONNX operators, 9 to 21. Default {OnnxExportOptions.Default.OpsetVersion}.",
        HelpName = "n",
    }.Within(9, 21);

    private readonly ForStoreOptions _store = new();

    private readonly SqlOptions _sql = new();

    internal ExportCommand(ToolConsole console)
        : base("export", "Write maps as an ONNX model, to be run wherever ONNX runs, or as SQL for a database.", console)
    {
        Options.Add(_map);
        Options.Add(_modality);
        Options.Add(_out);
        Options.Add(_opset);
        _store.AddTo(this);
        _sql.AddTo(this);
    }

    private protected override void Run(Session session, ParseResult result)
    {
        var (mapPath, target, modality) = (result.GetValue(_map), result.GetRequiredValue(_out), result.GetValue(_modality));
        OutputFile.Check(session, target, mapPath is null ? [] : [mapPath]);
        var isSql = _sql.IsSql(result);
        if (_sql.GetCentering(result) is { } centering)
        {
            if (mapPath is not null || modality is not null)
                throw new UsageException("--center takes the means in the database and needs no --map and no --modality.");
            WriteSql(session, result, target, (writer, dialect, schema) => SqlCentering.Write(writer, dialect, schema, centering.Table, centering.Embedding, centering.Modality));
            return;
        }

        if (mapPath is null)
            throw new UsageException(isSql ? "--sql needs --map, or --center to take means in the database." : "--map is missing: the file with the maps to write.");
        var model = _store.Apply(session, result, ModelFile.Load(session.ML, mapPath));
        if (isSql)
        {
            string[] names = modality is null ? [.. model.Names] : [modality];
            WriteSql(session, result, target, (writer, dialect, schema) => SqlMapScript.Write(writer, dialect, schema, model.GetFingerprint(names[0]), [.. names.Select(name => (name, model.GetMap(name)))]));
            return;
        }

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

    private void WriteSql(Session session, ParseResult result, string target, Action<TextWriter, SqlDialect, string> write)
    {
        if (result.GetValue(_opset) is not null)
            throw new UsageException("--opset is of ONNX models; it does not go with --sql.");
        var (dialect, schema) = (_sql.GetDialect(result), _sql.GetSchema(result, _store.GetSide(result)));
        AtomicFile.Write(target, stream =>
        {
            using var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
            write(writer, dialect, schema);
        });
        if (result.GetValue(Json))
            session.Console.WriteJson(new JsonObject { ["file"] = target, ["kind"] = "sql", ["database"] = dialect.Name, ["schema"] = schema, ["bytes"] = new FileInfo(target).Length });
        else
            session.Console.WriteTables([new TextTable($"{target}: SQL for {dialect.Name}", ["schema", "bytes"]) { Rows = [[schema, new FileInfo(target).Length.ToString("N0", CultureInfo.InvariantCulture)]] }]);
    }
}
