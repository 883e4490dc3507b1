using BenchmarkDotNet.Attributes;
using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>I0T_post of 200,000×512 floats through an ML.NET pipeline and a cursor against the batch call. Target: at most 2 times.</summary>
public class PipelineBenchmarks
{
    private string _path = "";
    private float[] _source = [];
    private float[] _destination = [];
    private EmbeddingMapTransformer? _transformer;
    private IDataView? _data;
    private IDataView? _output;
    private IDataView? _chain;
    private IDataView? _rowByRow;

    [GlobalSetup]
    public void Setup()
    {
        var context = new MLContext(seed: 1);
        _source = Matrix.Create();
        _destination = new float[_source.Length];
        _path = Path.Combine(Path.GetTempPath(), $"modality-gap-{Guid.NewGuid():N}.npy");
        AtomicFile.Write(_path, stream =>
        {
            NpyHeader.Write(stream, NpyElementType.Float32, Matrix.Rows, Matrix.Dimension);
            stream.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes(_source.AsSpan()));
        });
        _data = context.ModalityGap().LoadFromNpy(_path);
        _transformer = context.Transforms.CenterModalities("Embedding").Fit(_data);
        _output = _transformer.Transform(_data);
        _chain = _transformer.AllowMappedInput().Transform(_output);
        _rowByRow = ((RowToRowTransformerBase)_transformer).Transform(_data);
    }

    [GlobalCleanup]
    public void Cleanup() => File.Delete(_path);

    [Benchmark(Baseline = true)]
    public float BatchCall()
    {
        _transformer!.Modalities[0].Map.ApplyRows(_source, _destination);
        return _destination[^1];
    }

    /// <summary>The file's rows, which the cursors below read as well, into memory, and the batch call there.</summary>
    [Benchmark]
    public float ReadAndBatchCall()
    {
        using (var file = File.OpenHandle(_path))
        {
            var bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(_source.AsSpan());
            var offset = RandomAccess.GetLength(file) - bytes.Length;
            for (var at = 0; at < bytes.Length;)
                at += RandomAccess.Read(file, bytes[at..], offset + at);
        }

        return BatchCall();
    }

    /// <summary>One cursor over the transformed view, as a consumer of the pipeline holds it.</summary>
    [Benchmark]
    public float PipelineCursor() => Read(_output!);

    /// <summary>The cursor over the untransformed file, which the above contains.</summary>
    [Benchmark]
    public float SourceCursor() => Read(_data!);

    [Benchmark]
    public long FitThroughPipeline() => new MLContext().Transforms.CenterModalities("Embedding").Fit(_data!).Modalities[0].Statistics!.Count;

    /// <summary>A cursor over what two transformers, one behind the other, make.</summary>
    [Benchmark]
    public float ChainCursor() => Read(_chain!);

    /// <summary>ML.NET's own cursor over a row mapper, which hands rows from thread to thread.</summary>
    [Benchmark]
    public float RowByRow() => Read(_rowByRow!);

    private static float Read(IDataView data)
    {
        var column = data.Schema["Embedding"];
        using var cursor = data.GetRowCursor([column]);
        var getter = cursor.GetGetter<VBuffer<float>>(column);
        VBuffer<float> row = default;
        var last = 0f;
        while (cursor.MoveNext())
        {
            getter(ref row);
            last = row.GetValues()[0];
        }

        return last;
    }
}
