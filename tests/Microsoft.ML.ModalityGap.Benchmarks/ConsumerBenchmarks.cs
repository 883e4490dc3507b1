using BenchmarkDotNet.Attributes;
using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>Cursors that classify rows of 512 into 1,000 classes, and that search 25,000 rows for each, beside ML.NET's own cursors over the same row mappers. Target: a fifth of the time.</summary>
public class ConsumerBenchmarks
{
    private const int Classes = 1000;
    private const int Classified = 20_000;
    private const int Searched = 1000;

    private RowToRowTransformerBase _classifier = null!;
    private RowToRowTransformerBase _search = null!;
    private IDataView _rows = null!;
    private IDataView _queries = null!;

    [GlobalSetup]
    public void Setup()
    {
        var context = new MLContext(seed: 1);
        var classes = new ZeroShotClasses([.. Enumerable.Range(0, Classes).Select(i => $"class {i}")], [.. Matrix.Create(Classes, seed: 3).Chunk(Matrix.Dimension)]);
        var index = new EmbeddingIndex(Matrix.Dimension);
        index.AddRange([.. Enumerable.Range(0, MatrixProductBenchmarks.Gallery).Select(i => new EmbeddingId(i))], Matrix.Create(MatrixProductBenchmarks.Gallery, seed: 4));
        _rows = Load(context, Classified);
        _queries = Load(context, Searched);
        _classifier = context.Transforms.ClassifyZeroShot("Embedding", classes).Fit(_rows);
        _search = context.Transforms.RetrieveNearest(index, "Embedding").Fit(_queries);
    }

    [Benchmark]
    public float ClassifyRowByRow() => Read(_classifier.Transform(_rows), "Score");

    [Benchmark]
    public float Classify() => Read(((ITransformer)_classifier).Transform(_rows), "Score");

    [Benchmark]
    public float SearchRowByRow() => Read(_search.Transform(_queries), "NeighborScores");

    [Benchmark]
    public float Search() => Read(((ITransformer)_search).Transform(_queries), "NeighborScores");

    private static IDataView Load(MLContext context, int count)
    {
        var values = Matrix.Create(count, seed: 5);
        var schema = SchemaDefinition.Create(typeof(Row));
        schema["Embedding"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, Matrix.Dimension);
        return context.Data.LoadFromEnumerable(values.Chunk(Matrix.Dimension).Select(row => new Row { Embedding = row }).ToArray(), schema);
    }

    private static float Read(IDataView data, string name)
    {
        var column = data.Schema[name];
        using var cursor = data.GetRowCursor([column]);
        var getter = cursor.GetGetter<VBuffer<float>>(column);
        VBuffer<float> row = default;
        var sum = 0f;
        while (cursor.MoveNext())
        {
            getter(ref row);
            sum += row.GetValues()[0];
        }

        return sum;
    }

    private sealed class Row
    {
        public float[] Embedding { get; set; } = [];
    }
}
