using System.Globalization;
using System.Runtime.InteropServices;

namespace Microsoft.ML.ModalityGap;

/// <summary>A constant of an ONNX model, and where its numbers are: in the model, or in a file beside it.</summary>
internal sealed class OnnxInitializer
{
    private readonly Range _message;

    private OnnxInitializer(string name, long[] shape, int elementType, Range message, OnnxExternalRange? external)
    {
        Name = name;
        Shape = shape;
        ElementType = elementType;
        _message = message;
        External = external;
    }

    internal string Name { get; }

    internal IReadOnlyList<long> Shape { get; }

    internal int ElementType { get; }

    /// <summary>Where the numbers are; <see langword="null"/> when they are in the model.</summary>
    internal OnnxExternalRange? External { get; }

    private bool IsFloat => ElementType is OnnxFields.ElementType.Float32 or OnnxFields.ElementType.Float16 or OnnxFields.ElementType.BFloat16 or OnnxFields.ElementType.Float64;

    private int ElementSize => ElementType switch
    {
        OnnxFields.ElementType.Float32 => 4,
        OnnxFields.ElementType.Float64 => 8,
        _ => 2,
    };

    /// <summary>
    /// The constant of this name; without a name the largest matrix of floats that the graph looks rows up in (Gather), or, when it does that in none, the largest of all.
    /// </summary>
    /// <exception cref="InvalidDataException">There is no such constant, it is no matrix of floats, or the file is no ONNX model.</exception>
    internal static OnnxInitializer FindEmbeddingTable(ReadOnlyMemory<byte> model, string path, string? name)
    {
        var (all, lookedUp) = Read(model);
        var matrices = all.Where(entry => entry.IsFloat && entry.Shape is [> 0, > 0] && entry.Shape[1] <= int.MaxValue).OrderByDescending(entry => entry.Shape[0] * entry.Shape[1]).ToArray();
        if (name is null)
        {
            return matrices.FirstOrDefault(entry => lookedUp.Contains(entry.Name)) ?? matrices.FirstOrDefault()
                ?? throw new InvalidDataException($"'{path}' has no matrix of floats among its {all.Count} initializers (quantized ones cannot be read).");
        }

        return matrices.FirstOrDefault(entry => entry.Name == name) ?? throw new InvalidDataException(
            all.FirstOrDefault(entry => entry.Name == name) is { } other
                ? $"The initializer '{name}' of '{path}' is no matrix of floats, but has type {other.ElementType} and shape ({string.Join(", ", other.Shape)})."
                : $"'{path}' has no initializer '{name}'. Its largest matrices are {string.Join(", ", matrices.Take(5).Select(entry => $"'{entry.Name}' ({string.Join(", ", entry.Shape)})"))}.");
    }

    /// <summary>All constants of a model.</summary>
    /// <exception cref="InvalidDataException">The bytes are no ONNX model.</exception>
    internal static IReadOnlyList<OnnxInitializer> ReadAll(ReadOnlyMemory<byte> model) => Read(model).Initializers;

    /// <summary>All values as float. A float64 beyond float's range becomes infinite.</summary>
    /// <exception cref="InvalidDataException">There are more or fewer numbers than the shape says, or too many for memory.</exception>
    internal float[] ReadValues(ReadOnlyMemory<byte> model, string modelPath)
    {
        // In floating point, as sizes may be anything.
        var stated = Shape.Aggregate(1.0, (product, size) => product * size);
        if (!(stated >= 0) || stated > Array.MaxLength || stated * ElementSize > int.MaxValue)
            throw new InvalidDataException($"The initializer '{Name}' of '{modelPath}' has {stated:0} values, more than can be measured at once.");
        var count = (long)stated;
        if (External is { } external)
        {
            var stored = external.Read(modelPath, Name, count * ElementSize);
            var numbers = new float[count];
            Convert(stored, numbers, modelPath);
            return numbers;
        }

        // No number takes less than a byte: what is stated alone allocates nothing.
        var message = OnnxGraph.FindGraph(model).Span[_message];
        CheckRoom(count <= message.Length, modelPath);
        var values = new float[count];
        var read = 0;
        var fields = new ProtobufFields(message);
        while (fields.MoveNext())
        {
            switch (fields.Number)
            {
                case OnnxFields.Tensor.RawData:
                    Convert(fields.Content, values, modelPath);
                    return values;
                case OnnxFields.Tensor.FloatData or OnnxFields.Tensor.DoubleData:
                    // Packed, or one field a number, whose bytes are the last of the field.
                    var size = fields.Number == OnnxFields.Tensor.FloatData ? sizeof(float) : sizeof(double);
                    var bytes = fields.Content.IsEmpty ? fields.Raw[^size..] : fields.Content;
                    CheckRoom(bytes.Length / size <= count - read, modelPath);
                    Convert(bytes, values.AsSpan(read, bytes.Length / size), modelPath);
                    read += bytes.Length / size;
                    break;
                case OnnxFields.Tensor.IntegerData:
                    // float16 and bfloat16 as varints of their bits.
                    if (fields.Content.IsEmpty)
                    {
                        CheckRoom(read < count, modelPath);
                        values[read++] = FromBits((ushort)fields.Value);
                        break;
                    }

                    foreach (var bits in ProtobufFields.ReadPacked(fields.Content))
                    {
                        CheckRoom(read < count, modelPath);
                        values[read++] = FromBits((ushort)bits);
                    }

                    break;
            }
        }

        CheckRoom(read == count, modelPath);
        return values;
    }

    private static (List<OnnxInitializer> Initializers, HashSet<string> LookedUp) Read(ReadOnlyMemory<byte> model)
    {
        var (initializers, lookedUp) = (new List<OnnxInitializer>(), new HashSet<string>(StringComparer.Ordinal));
        var fields = new ProtobufFields(OnnxGraph.FindGraph(model).Span);
        while (fields.MoveNext())
        {
            if (fields.Number == OnnxFields.Graph.Initializer)
                initializers.Add(Read(fields.Content, fields.ContentRange));
            else if (fields.Number == OnnxFields.Graph.Node && OnnxGraph.ReadText(fields.Content, OnnxFields.Node.OperationType) == "Gather")
                lookedUp.Add(OnnxGraph.ReadText(fields.Content, OnnxFields.Node.Input)); // the first input
        }

        return (initializers, lookedUp);
    }

    private static OnnxInitializer Read(ReadOnlySpan<byte> tensor, Range message)
    {
        var (name, shape, type) = ("", new List<long>(), 0);
        var external = new Dictionary<string, string>(StringComparer.Ordinal);
        var isExternal = false;
        var fields = new ProtobufFields(tensor);
        while (fields.MoveNext())
        {
            switch (fields.Number)
            {
                case OnnxFields.Tensor.Name:
                    name = fields.Text;
                    break;
                case OnnxFields.Tensor.Dimensions when fields.Content.IsEmpty:
                    shape.Add((long)fields.Value);
                    break;
                case OnnxFields.Tensor.Dimensions:
                    shape.AddRange(ProtobufFields.ReadPacked(fields.Content).Select(size => (long)size));
                    break;
                case OnnxFields.Tensor.DataType:
                    type = (int)fields.Value;
                    break;
                case OnnxFields.Tensor.DataLocation:
                    isExternal = fields.Value == OnnxFields.Tensor.ExternalLocation;
                    break;
                case OnnxFields.Tensor.ExternalData:
                    external[OnnxGraph.ReadText(fields.Content, OnnxFields.Entry.Key)] = OnnxGraph.ReadText(fields.Content, OnnxFields.Entry.Value);
                    break;
            }
        }

        return new OnnxInitializer(name, [.. shape], type, message, isExternal ? OnnxExternalRange.Parse(name, external) : null);
    }

    private void Convert(ReadOnlySpan<byte> bytes, Span<float> values, string modelPath)
    {
        CheckRoom(bytes.Length == (long)values.Length * ElementSize, modelPath);
        switch (ElementType)
        {
            case OnnxFields.ElementType.Float32:
                MemoryMarshal.Cast<byte, float>(bytes).CopyTo(values);
                break;
            case OnnxFields.ElementType.Float64:
                System.Numerics.Tensors.TensorPrimitives.ConvertTruncating(MemoryMarshal.Cast<byte, double>(bytes), values);
                break;
            default:
                var bits = MemoryMarshal.Cast<byte, ushort>(bytes);
                for (var i = 0; i < values.Length; i++)
                    values[i] = FromBits(bits[i]);
                break;
        }
    }

    private float FromBits(ushort bits) => ElementType == OnnxFields.ElementType.BFloat16
        ? BitConverter.UInt32BitsToSingle((uint)bits << 16)
        : (float)BitConverter.UInt16BitsToHalf(bits);

    private void CheckRoom(bool fits, string modelPath)
    {
        if (!fits)
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"The initializer '{Name}' of '{modelPath}' does not hold the numbers that its shape ({string.Join(", ", Shape)}) says."));
    }
}
