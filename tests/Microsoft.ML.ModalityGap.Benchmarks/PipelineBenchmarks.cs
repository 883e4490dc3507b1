using BenchmarkDotNet.Attributes;
using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>I0T_post of 200,000×512 floats through an ML.NET pipeline and a cursor against the batch call. Target: at most 5 times.</summary>
public class PipelineBenchmarks
{
    private string _path = "";
    private float[] _source = [];
    private float[] _destination = [];
    private EmbeddingMapTransformer? _transformer;
    private IDataView? _data;
    private IDataView? _output;

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
    }

    [GlobalCleanup]
    public void Cleanup() => File.Delete(_path);

    [Benchmark(Baseline = true)]
    public float BatchCall()
    {
        _transformer!.Modalities[0].Map.ApplyRows(_source, _destination);
        return _destination[^1];
    }

    /// <summary>One cursor over the transformed view, as a consumer of the pipeline holds it.</summary>
    [Benchmark]
    public float PipelineCursor() => Read(_output!);

    /// <summary>The cursor over the untransformed file, which the above contains.</summary>
    [Benchmark]
    public float SourceCursor() => Read(_data!);

    [Benchmark]
    public long FitThroughPipeline() => new MLContext().Transforms.CenterModalities("Embedding").Fit(_data!).Modalities[0].Statistics!.Count;

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
