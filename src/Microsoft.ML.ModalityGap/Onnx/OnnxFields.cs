namespace Microsoft.ML.ModalityGap;

/// <summary>The numbers of the messages' fields in onnx.proto, of those this library reads or writes, and of its tensor types.</summary>
internal static class OnnxFields
{
    internal static class Model
    {
        internal const int IrVersion = 1, Producer = 2, ProducerVersion = 3, Graph = 7, OpsetImport = 8, Metadata = 14, Functions = 25;
    }

    internal static class Opset
    {
        internal const int Domain = 1, Version = 2;
    }

    internal static class Graph
    {
        internal const int Node = 1, Name = 2, Initializer = 5, Input = 11, Output = 12, ValueInfo = 13, QuantizationAnnotation = 14, SparseInitializer = 15;
    }

    internal static class Node
    {
        internal const int Input = 1, Output = 2, Name = 3, OperationType = 4, Attribute = 5, Domain = 7;
    }

    internal static class Attribute
    {
        internal const int Name = 1, Float = 2, Integer = 3, Tensor = 5, Graph = 6, Integers = 8, Tensors = 10, Graphs = 11, Type = 20, SparseTensor = 22, SparseTensors = 23;

        internal const int FloatType = 1, IntegerType = 2, IntegersType = 7;
    }

    internal static class Tensor
    {
        internal const int Dimensions = 1, DataType = 2, FloatData = 4, IntegerData = 5, Name = 8, RawData = 9, DoubleData = 10, ExternalData = 13, DataLocation = 14;

        internal const int ExternalLocation = 1;
    }

    internal static class SparseTensor
    {
        internal const int Values = 1, Indices = 2;
    }

    /// <summary>A named value with its type (ValueInfoProto, TypeProto, TypeProto.Tensor, TensorShapeProto and its Dimension).</summary>
    internal static class ValueInfo
    {
        internal const int Name = 1, Type = 2, TensorType = 1, ElementType = 1, Shape = 2, Dimension = 1, DimensionSize = 1, DimensionName = 2;
    }

    /// <summary>A key and a value (StringStringEntryProto).</summary>
    internal static class Entry
    {
        internal const int Key = 1, Value = 2;
    }

    internal static class ElementType
    {
        internal const int Float32 = 1, UInt8 = 2, Int8 = 3, Int32 = 6, Int64 = 7, Float16 = 10, Float64 = 11, BFloat16 = 16;
    }
}
