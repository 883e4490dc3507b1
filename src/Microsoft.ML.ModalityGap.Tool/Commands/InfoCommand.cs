using System.CommandLine;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary><c>info</c>: says what a file holds.</summary>
internal sealed class InfoCommand : CommandBase
{
    private readonly Argument<string> _file = new("file") { Description = "A map that 'modality-gap fit' or mlContext.Model.Save wrote, embeddings (.npy, .npz, .safetensors, .parquet, a folder or pattern of shards), an index that 'search' saved, or an ONNX model (.onnx)." };

    internal InfoCommand(ToolConsole console)
        : base("info", "Say what a map, a file of embeddings, an index or an ONNX model holds.", console)
    {
        Arguments.Add(_file);
    }

    private protected override void Run(Session session, ParseResult result)
    {
        var path = result.GetRequiredValue(_file);
        if (InputFiles.IsTable(path))
        {
            var files = TableFiles.Open(path);
            if (result.GetValue(Json))
                session.Console.WriteJson(TableReport.ToJson(path, files));
            else
                session.Console.WriteTables([TableReport.ToTable(path, files)]);
            return;
        }

        if (EmbeddingFiles.IsOne(path) || !File.Exists(path))
        {
            WriteEmbeddings(session, result, path);
            return;
        }

        Span<byte> start = stackalloc byte[4];
        using (var stream = InputFile.OpenRead(path))
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
        else if (path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase))
        {
            if (result.GetValue(Json))
                session.Console.WriteJson(OnnxReport.ToJson(path));
            else
                session.Console.WriteTables([OnnxReport.ToTable(path)]);
        }
        else if (start.StartsWith((ReadOnlySpan<byte>)[0x93, (byte)'N']))
        {
            WriteEmbeddings(session, result, path);
        }
        else
        {
            throw new InvalidDataException(
                $"'{path}' is neither a saved map (a .zip) nor embeddings ({string.Join(", ", InputFiles.Extensions)}), nor a saved index, nor an ONNX model (.onnx).");
        }
    }

    private void WriteEmbeddings(Session session, ParseResult result, string path)
    {
        var arrays = EmbeddingFiles.List(path, session.AddWarning);
        if (result.GetValue(Json))
            session.Console.WriteJson(EmbeddingsReport.ToJson(path, arrays));
        else
            session.Console.WriteTables([EmbeddingsReport.ToTable(path, arrays)]);
    }
}
