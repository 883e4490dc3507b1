namespace Microsoft.ML.ModalityGap;

/// <summary>An ONNX model's file, read: its bytes and what they say at the top.</summary>
internal sealed class OnnxModelFile
{
    private OnnxModelFile(string path, ReadOnlyMemory<byte> bytes)
    {
        Path = path;
        Bytes = bytes;
        var fields = new ProtobufFields(bytes.Span);
        while (fields.MoveNext())
        {
            if (fields.Number == OnnxFields.Model.IrVersion)
                IrVersion = (long)fields.Value;
        }

        Opset = OnnxGraph.ReadOpset(bytes.Span);
        Graph = OnnxGraph.FindGraph(bytes);
        if (Graph.IsEmpty)
            throw new InvalidDataException("it holds no graph");
        var (inputs, outputs) = (new List<OnnxValueInfo>(), new List<OnnxValueInfo>());
        fields = new ProtobufFields(Graph.Span);
        while (fields.MoveNext())
        {
            if (fields.Number == OnnxFields.Graph.Input)
                inputs.Add(OnnxValueInfo.Read(fields.Content));
            else if (fields.Number == OnnxFields.Graph.Output)
                outputs.Add(OnnxValueInfo.Read(fields.Content));
        }

        (Inputs, Outputs) = (inputs, outputs);
    }

    /// <summary>The path as it was given.</summary>
    internal string Path { get; }

    /// <summary>The whole file.</summary>
    internal ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The graph's part of <see cref="Bytes"/>.</summary>
    internal ReadOnlyMemory<byte> Graph { get; }

    /// <summary>The version of the format.</summary>
    internal long IrVersion { get; }

    /// <summary>The version of the standard operators; 0 where the model states none.</summary>
    internal int Opset { get; }

    internal IReadOnlyList<OnnxValueInfo> Inputs { get; }

    internal IReadOnlyList<OnnxValueInfo> Outputs { get; }

    /// <summary>The folder that the names of files with weights start from.</summary>
    internal string Folder => System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!;

    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no ONNX model, or too large.</exception>
    internal static OnnxModelFile Read(string path)
    {
        if (GetLength(path) > Array.MaxLength)
            throw new InvalidDataException($"The ONNX model '{path}' is larger than the 2 GB a protobuf file may have. Export it with its weights in a file of their own.");
        try
        {
            return new OnnxModelFile(path, ReadAllBytes(path));
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"'{path}' is no ONNX model, or a damaged one: {e.Message}", e);
        }
    }

    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    internal static void CheckExists(string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"The ONNX model '{path}' does not exist (looked for at '{System.IO.Path.GetFullPath(path)}').", path);
    }

    /// <summary>How long a model's file is, which exists.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    internal static long GetLength(string path)
    {
        CheckExists(path);
        return new FileInfo(path).Length;
    }

    /// <summary>The bytes of a model, before anything is made of them.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It cannot be an ONNX model, or is too large.</exception>
    internal static byte[] ReadAllBytes(string path)
    {
        CheckExists(path);

        // No field of a message has the number 0, with which a file that is one great hole begins; there is no need to read on.
        using (var stream = InputFile.OpenRead(path, bufferSize: 1))
        {
            if (stream.ReadByte() <= 0)
                throw new InvalidDataException($"'{path}' is no ONNX model, or a damaged one: it begins with no field of a protobuf message.");
        }

        return InputFile.ReadAllBytes(path, Array.MaxLength);
    }
}
