using System.Security.Cryptography;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>What an <see cref="EncodeWithOnnxTransformer"/> stores in an ML.NET model.</summary>
/// <remarks>
/// In the main stream, inside a <see cref="CheckedBlock"/>:
/// <code>
/// text      output column
/// text      output of the model; int32 its element type; int32 the embedding's dimension
/// int32     batch size; bool whether the model fixes it
/// int32     threads inside an operator, 0 for ONNX Runtime's choice
/// int32     from version 2 on: threads for operators side by side, 0 for none; byte graph optimization; bool whether padding may be cut, which before it never was
/// int32     number of inputs; per input: text name, int32 element type, text column, int32 rank of a row and its dimensions
/// text      path of the model
/// bool      whether the model is stored; if so: int64 its length, 32 bytes its SHA-256; if not: text the output its graph is cut to, empty for none
/// </code>
/// A stored model is a stream of its own, <c>OnnxModel</c>.
/// </remarks>
internal static class EncodeWithOnnxTransformerFormat
{
    private const string ModelStream = "OnnxModel";
    private static readonly BlockSignature _signature = new("MGEO", Version: 2);

    internal static void Write(ModelSaveContext context, OnnxEncoderPlan plan, OnnxModelSource source)
    {
        context.Writer.Flush();
        CheckedBlock.Write(context.Writer.BaseStream, _signature, writer =>
        {
            writer.WriteText(plan.OutputColumnName);
            writer.WriteText(plan.OutputName);
            writer.Write((int)plan.OutputElementType);
            writer.Write(plan.Dimension);
            writer.Write(plan.BatchSize);
            writer.Write(plan.HasFixedBatch);
            writer.Write(plan.IntraOpNumThreads ?? 0);
            writer.Write(plan.InterOpNumThreads ?? 0);
            writer.Write((byte)plan.GraphOptimization);
            writer.Write(plan.CutsPadding);
            writer.Write(plan.Inputs.Count);
            foreach (var input in plan.Inputs)
            {
                writer.WriteText(input.Name);
                writer.Write((int)input.ElementType);
                writer.WriteText(input.ColumnName);
                writer.Write(input.RowShape.Count);
                foreach (var dimension in input.RowShape)
                    writer.Write(dimension);
            }

            writer.WriteText(source.Name);
            writer.Write(source.Bytes is not null);
            if (source.Bytes is null)
            {
                writer.WriteText(source.ExtractedOutput ?? "");
                return;
            }

            writer.Write((long)source.Bytes.Length);
            writer.Write(SHA256.HashData(source.Bytes));
        });
        if (source.Bytes is not null)
            context.SaveBinaryStream(ModelStream, writer => writer.Write(source.Bytes));
    }

    /// <exception cref="InvalidDataException">The content is damaged.</exception>
    /// <exception cref="FileNotFoundException">The model is not stored and not at its path.</exception>
    internal static (OnnxEncoderPlan Plan, OnnxModelSource Source) Read(ModelLoadContext context)
    {
        var reader = CheckedBlock.Read(context.Reader.BaseStream, _signature, "ONNX encoder");
        var plan = new OnnxEncoderPlan
        {
            OutputColumnName = reader.ReadText(),
            OutputName = reader.ReadText(),
            OutputElementType = (TensorElementType)reader.ReadInt32(),
            Dimension = reader.ReadInt32(),
            BatchSize = reader.ReadInt32(),
            HasFixedBatch = reader.ReadBoolean(),
            IntraOpNumThreads = reader.ReadInt32() is > 0 and var threads ? threads : null,
            InterOpNumThreads = reader.Version >= 2 && reader.ReadInt32() is > 0 and var operators ? operators : null,
            GraphOptimization = reader.Version >= 2 ? ReadOptimization(reader.ReadByte()) : OnnxGraphOptimization.All,
            CutsPadding = reader.Version >= 2 && reader.ReadBoolean(),
            Inputs = ReadInputs(reader),
        };
        if (plan.Dimension is < 1 or > EmbeddingMapFormat.MaximumDimension || plan.BatchSize is < 1 or > EncodeWithOnnxOptions.MaximumBatchSize || plan.Inputs.Count == 0)
            throw new InvalidDataException($"The stored ONNX encoder is damaged: it states {plan.Inputs.Count} inputs, batches of {plan.BatchSize} rows and embeddings of {plan.Dimension} dimensions.");
        if (plan.IntraOpNumThreads > EncodeWithOnnxOptions.MaximumThreads || plan.InterOpNumThreads > EncodeWithOnnxOptions.MaximumThreads)
            throw new InvalidDataException($"The stored ONNX encoder is damaged: it asks for {plan.IntraOpNumThreads ?? 0} threads within operators and {plan.InterOpNumThreads ?? 0} beside each other; {EncodeWithOnnxOptions.MaximumThreads} are allowed.");

        var name = reader.ReadText();
        OnnxModelSource source;
        if (reader.ReadBoolean())
        {
            var (length, hash) = (reader.ReadInt64(), reader.ReadBytes(SHA256.HashSizeInBytes));
            source = new OnnxModelSource(name, ReadModel(context, length, hash));
        }
        else
        {
            source = new OnnxModelSource(name, Bytes: null, reader.ReadText() is { Length: > 0 } output ? output : null);
            if (!File.Exists(name))
            {
                throw new FileNotFoundException(
                    $"The pipeline refers to the ONNX model '{name}', which is not there (looked for at '{Path.GetFullPath(name)}'). Put it there, or save the pipeline with " +
                    $"{nameof(EncodeWithOnnxOptions)}.{nameof(EncodeWithOnnxOptions.EmbedModel)} set, so that it holds the model.", name);
            }
        }

        reader.ExpectEnd();
        return (plan, source);
    }

    private static OnnxGraphOptimization ReadOptimization(byte value) => Enum.IsDefined((OnnxGraphOptimization)value)
        ? (OnnxGraphOptimization)value
        : throw new InvalidDataException($"The stored content is damaged: {value} is no graph optimization.");

    private static OnnxInputBinding[] ReadInputs(BlockReader reader)
    {
        var inputs = new OnnxInputBinding[reader.ReadCount()];
        for (var i = 0; i < inputs.Length; i++)
        {
            var (name, type, column) = (reader.ReadText(), (TensorElementType)reader.ReadInt32(), reader.ReadText());
            var shape = new int[reader.ReadCount()];
            for (var k = 0; k < shape.Length; k++)
                shape[k] = reader.ReadInt32() is > 0 and var size ? size : throw new InvalidDataException($"The stored ONNX encoder is damaged: a size of its input '{name}' is not positive.");
            if (OnnxTensor.GetColumnItemTypes(type).Count == 0)
                throw new InvalidDataException($"The stored ONNX encoder is damaged: its input '{name}' has the type {(int)type}, which no column can feed.");
            inputs[i] = new OnnxInputBinding(name, type, column, shape);
        }

        return inputs;
    }

    private static byte[] ReadModel(ModelLoadContext context, long length, ReadOnlySpan<byte> hash)
    {
        if (length is < 0 || length > Array.MaxLength)
            throw new InvalidDataException($"The stored ONNX model is damaged: it states a length of {length} bytes.");
        ReadOnlyMemory<byte>? content = null;
        if (!context.TryLoadBinaryStream(ModelStream, reader => content = CheckedBlock.ReadUpTo(reader.BaseStream, (int)length)) || content is not { } bytes)
            throw new InvalidDataException($"The pipeline is damaged: its stream '{ModelStream}' with the ONNX model is missing.");
        if (bytes.Length != length || !hash.SequenceEqual(SHA256.HashData(bytes.Span)))
            throw new InvalidDataException("The stored ONNX model is damaged: its length or checksum is not the one that was stored.");
        return bytes.ToArray();
    }
}
