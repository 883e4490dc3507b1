using Apache.Arrow;
using Apache.Arrow.Compression;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>.arrow and .feather: files and streams, lists of a fixed and of any length, packed and as they are.</summary>
internal sealed class ArrowTarget : TableTarget
{
    internal override string Name => "arrow";

    internal override IReadOnlyList<string> Covers => ["TableFilesCatalog.LoadFromArrow"];

    internal override InputShape Shape { get; } = new TailShape(magicLength: 6);

    internal override IReadOnlyList<byte[]> CreateSeeds() =>
    [
        Write(isFile: true, isFixed: true), Write(isFile: true, isFixed: false), Write(isFile: false, isFixed: true),
        Write(isFile: true, isFixed: true, CompressionCodecType.Zstd), Write(isFile: false, isFixed: false, CompressionCodecType.Lz4Frame),
    ];

    internal override void Read(FuzzInput input) => Seeds.ReadAll(Seeds.Context.ModalityGap().LoadFromArrow(input.WriteFile("x.arrow")));

    private static byte[] Write(bool isFile, bool isFixed, CompressionCodecType? compression = null) => Seeds.Save(stream =>
    {
        IArrowType type = isFixed ? new FixedSizeListType(FloatType.Default, 4) : new ListType(FloatType.Default);
        var schema = new Schema([new Field("id", Int64Type.Default, false), new Field("embedding", type, true), new Field("caption", StringType.Default, true)], null);
        var options = new IpcOptions { CompressionCodec = compression, CompressionCodecFactory = new CompressionCodecFactory() };
        using var writer = isFile ? new ArrowFileWriter(stream, schema, leaveOpen: true, options) : new ArrowStreamWriter(stream, schema, leaveOpen: true, options);
        var (numbers, offsets) = (new FloatArray.Builder(), new ArrowBuffer.Builder<int>());
        for (var i = 0; i < Vectors.Length; i++)
        {
            numbers.Append(Vectors[i].AsSpan());
            offsets.Append(i * 4);
        }

        offsets.Append(Vectors.Length * 4);
        IArrowArray embeddings = isFixed
            ? new FixedSizeListArray(type, Vectors.Length, numbers.Build(), ArrowBuffer.Empty)
            : new ListArray(type, Vectors.Length, offsets.Build(), numbers.Build(), ArrowBuffer.Empty);
        var rows = Enumerable.Range(0, Vectors.Length).ToArray();
        writer.WriteRecordBatch(new RecordBatch(
            schema, [new Int64Array.Builder().AppendRange(rows.Select(row => (long)row)).Build(), embeddings, new StringArray.Builder().AppendRange(rows.Select(row => $"caption {row}")).Build()], Vectors.Length));
        writer.WriteEnd();
    });
}
