using System.CommandLine;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary><c>bake</c>: puts a modality's map behind an encoder, in one ONNX model.</summary>
internal sealed class BakeCommand : CommandBase
{
    private readonly Option<string> _encoder = new("--encoder") { Description = "The encoder, which is not changed.", HelpName = "encoder.onnx", Required = true };

    private readonly Option<string> _map = new("--map") { Description = "The file with the maps.", HelpName = "map.zip", Required = true };

    private readonly Option<string> _modality = new("--modality") { Description = "Whose map to put behind the encoder.", HelpName = "name", Required = true };

    private readonly Option<string> _out = new("--out") { Description = "The ONNX model to write.", HelpName = "closed.onnx", Required = true };

    private readonly Option<string> _outputName = new("--output-name")
    {
        Description = "The encoder's output to map. Default: its only one of shape (batch, d), or image_embeds, text_embeds or embedding.",
        HelpName = "name",
    };

    private readonly Option<string> _mappedName = new("--mapped-name")
    {
        Description = "Give the mapped embedding as a further output of this name. Default: in the place and under the name of the encoder's.",
        HelpName = "name",
    };

    private readonly Option<bool> _keepFloat16 = new("--keep-float16") { Description = "Yield float16 where the encoder does; without it float32." };

    private readonly ForStoreOptions _store = new();

    internal BakeCommand(ToolConsole console)
        : base("bake", "Put a modality's map behind an ONNX encoder: one model that gives closed embeddings.", console)
    {
        Options.Add(_encoder);
        Options.Add(_map);
        Options.Add(_modality);
        Options.Add(_out);
        Options.Add(_outputName);
        Options.Add(_mappedName);
        Options.Add(_keepFloat16);
        _store.AddTo(this);
    }

    private protected override void Run(Session session, ParseResult result)
    {
        var (encoder, mapPath, target) = (result.GetRequiredValue(_encoder), result.GetRequiredValue(_map), result.GetRequiredValue(_out));
        OutputFile.Check(session, target, [encoder, mapPath]);
        var map = _store.Apply(session, result, ModelFile.Load(session.ML, mapPath)).GetOnnxMap(result.GetRequiredValue(_modality));
        OnnxBakingCatalog.AppendToOnnx(session.ML.ModalityGap(), encoder, map, target, new OnnxBakingOptions
        {
            OutputName = result.GetValue(_outputName),
            MappedOutputName = result.GetValue(_mappedName),
            KeepFloat16 = result.GetValue(_keepFloat16),
        });

        if (result.GetValue(Json))
            session.Console.WriteJson(OnnxReport.ToJson(target));
        else
            session.Console.WriteTables([OnnxReport.ToTable(target)]);
    }
}
