using System.CommandLine;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary><c>info</c>: says what a file holds.</summary>
internal sealed class InfoCommand : CommandBase
{
    private readonly Argument<string> _file = new("file") { Description = "A map that 'modality-gap fit' or mlContext.Model.Save wrote, a .npy file, an index that 'search' saved, or an ONNX model (.onnx)." };

    internal InfoCommand(ToolConsole console)
        : base("info", "Say what a map, a .npy file, an index or an ONNX model holds.", console)
    {
        Arguments.Add(_file);
    }

    private protected override void Run(Session session, ParseResult result)
    {
        var path = result.GetRequiredValue(_file);
        Span<byte> start = stackalloc byte[4];
        using (var stream = File.OpenRead(path))
            start = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];

        if (start.StartsWith("PK"u8))
        {
            var model = ModelFile.Load(session.ML, path);
            if (result.GetValue(Json))
                session.Console.WriteJson(ModelReport.ToJson(model));
            else
                session.Console.WriteTables([ModelReport.ToTable(path, model.FindFingerprint(), [.. model.Transformers]), .. model.Correction is null ? [] : new[] { CorrectionReport.ToTable(model.Correction) }]);
        }
        else if (start.SequenceEqual(EmbeddingIndexFormat.Start))
        {
            var index = EmbeddingIndex.Load(path);
            if (result.GetValue(Json))
                session.Console.WriteJson(SearchReport.ToJson(index));
            else
                session.Console.WriteTables([SearchReport.ToTable(path, index)]);
        }
        else if (start.StartsWith((ReadOnlySpan<byte>)[0x93, (byte)'N']))
        {
            var header = NpyHeader.Read(path);
            var fingerprints = NpySidecar.Read(path, header.Shape is [var matrices, _, _] ? (int)matrices : 1, session.AddWarning);
            if (result.GetValue(Json))
                session.Console.WriteJson(NpyReport.ToJson(path, header, fingerprints));
            else
                session.Console.WriteTables([NpyReport.ToTable(path, header, fingerprints)]);
        }
        else if (path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase))
        {
            if (result.GetValue(Json))
                session.Console.WriteJson(OnnxReport.ToJson(path));
            else
                session.Console.WriteTables([OnnxReport.ToTable(path)]);
        }
        else
        {
            throw new InvalidDataException($"'{path}' is neither a saved map (a .zip) nor a .npy file, nor a saved index, nor an ONNX model (.onnx).");
        }
    }
}
