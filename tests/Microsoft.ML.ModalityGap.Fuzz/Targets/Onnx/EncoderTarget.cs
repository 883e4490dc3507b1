using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>An ONNX encoder that is fitted and run.</summary>
internal sealed class EncoderTarget : FuzzTarget
{
    private const int Inputs = 3 * TinyModel.ImageSize * TinyModel.ImageSize;

    private static readonly IDataView _data = CreateData();

    internal override string Name => "onnx-encoder";

    internal override IReadOnlyList<string> Covers => ["OnnxEncoderCatalog.EncodeWithOnnx"];

    internal override double Share => 0.3;

    // Columns that the model asks for and the data do not have are the caller's; what ONNX Runtime refuses to run comes as it says it.
    internal override IReadOnlyList<Type> Documented => [typeof(InvalidDataException), typeof(ArgumentException), typeof(FileNotFoundException), typeof(InvalidOperationException), typeof(OnnxRuntimeException), typeof(NotSupportedException)];

    internal override InputShape Shape => OnnxShapes.Model;

    internal override IReadOnlyList<byte[]> CreateSeeds() => [TinyModel.VisionModel];

    internal override void Read(FuzzInput input)
    {
        using var encoder = Seeds.Context.Transforms
            .EncodeWithOnnx(nameof(Seeds.Pair.Image), input.WriteFile("x.onnx"), new EncodeWithOnnxOptions { Inputs = [new OnnxEncoderInput("pixel_values", nameof(Row.Pixels))] }).Fit(_data);
        Seeds.ReadAll(encoder.Transform(_data));
    }

    private static IDataView CreateData()
    {
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Pixels)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, Inputs);
        return Seeds.Context.Data.LoadFromEnumerable(Enumerable.Range(0, 3).Select(i => new Row { Pixels = Seeds.Rows(1, Inputs, i) }).ToArray(), schema);
    }

    private sealed class Row
    {
        public float[] Pixels { get; set; } = [];
    }
}
