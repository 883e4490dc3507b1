using System.Runtime.InteropServices;
using System.Text;

namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>Writes small ONNX models (opset 17), so that tests need none from elsewhere. Dimensions are numbers, or names where they are open.</summary>
internal sealed class OnnxGraphWriter
{
    public const int Float32 = 1, Int32 = 6, Int64 = 7, Float16 = 10;

    private readonly List<byte> _graph = [];

    /// <summary>An encoder of floats, <c>name</c> (batch, inputs) times a matrix of (inputs, outputs).</summary>
    public static byte[] MatMul(string input, string output, float[] matrix, int inputs, int outputs, object? batch = null) => new OnnxGraphWriter()
        .Input(input, Float32, batch ?? "batch", inputs)
        .Initializer("W", matrix, inputs, outputs)
        .Node("MatMul", [input, "W"], [output])
        .Output(output, Float32, batch ?? "batch", outputs)
        .ToArray();

    public OnnxGraphWriter Input(string name, int type, params object[] shape) => Field(11, ValueInfo(name, type, shape));

    public OnnxGraphWriter Output(string name, int type, params object[] shape) => Field(12, ValueInfo(name, type, shape));

    public OnnxGraphWriter Initializer(string name, float[] values, params long[] shape) =>
        Field(5, Message(Varints(1, shape), Varint(2, Float32), Bytes(8, name), Bytes(9, MemoryMarshal.AsBytes<float>(values))));

    public OnnxGraphWriter Initializer(string name, long[] values, params long[] shape) =>
        Field(5, Message(Varints(1, shape), Varint(2, Int64), Bytes(8, name), Bytes(9, MemoryMarshal.AsBytes<long>(values))));

    /// <summary>An initialiser whose values are in a file beside the model.</summary>
    public OnnxGraphWriter ExternalInitializer(string name, string location, params long[] shape) => Field(5, Message(
        Varints(1, shape), Varint(2, Float32), Bytes(8, name), Bytes(13, Message(Bytes(1, "location"), Bytes(2, location))), Varint(14, 1)));

    public OnnxGraphWriter Node(string operation, string[] inputs, string[] outputs, params (string Name, long Value)[] attributes) => Field(1, Message(
    [
        .. inputs.Select(input => Bytes(1, input)),
        .. outputs.Select(output => Bytes(2, output)),
        Bytes(3, outputs[0]),
        Bytes(4, operation),
        .. attributes.Select(attribute => Bytes(5, Message(Bytes(1, attribute.Name), Varint(3, attribute.Value), Varint(20, 2)))),
    ]));

    public byte[] ToArray() => Message(
        Varint(1, 8),
        Bytes(8, Message(Bytes(1, ""), Varint(2, 17))),
        Bytes(7, Message(Bytes(2, "graph"), [.. _graph])));

    private OnnxGraphWriter Field(int number, byte[] content)
    {
        _graph.AddRange(Bytes(number, content));
        return this;
    }

    private static byte[] ValueInfo(string name, int type, object[] shape) => Message(
        Bytes(1, name),
        Bytes(2, Message(Bytes(1, Message(Varint(1, type), Bytes(2, Message([.. shape.Select(dimension =>
            Bytes(1, dimension is string symbol ? Bytes(2, symbol) : Varint(1, Convert.ToInt64(dimension, null))))])))))));

    private static byte[] Message(params byte[][] fields) => [.. fields.SelectMany(field => field)];

    private static byte[] Varints(int number, long[] values) => [.. values.SelectMany(value => Varint(number, value))];

    private static byte[] Varint(int number, long value) => [.. Encode((ulong)number << 3), .. Encode((ulong)value)];

    private static byte[] Bytes(int number, string text) => Bytes(number, Encoding.UTF8.GetBytes(text));

    private static byte[] Bytes(int number, ReadOnlySpan<byte> content) => [.. Encode(((ulong)number << 3) | 2), .. Encode((ulong)content.Length), .. content];

    private static byte[] Encode(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }
}
