using BenchmarkDotNet.Attributes;
using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>Recall of 5,000 images and their 25,000 captions, both ways, from data views: reading, relevance by id, ranks, recall@1, 5 and 10.</summary>
public class EvaluateRetrievalBenchmarks
{
    private const int Captions = MatrixProductBenchmarks.Gallery / MatrixProductBenchmarks.Queries;

    private readonly ModalityGapCatalog _catalog = new MLContext().ModalityGap();
    private IDataView? _images;
    private IDataView? _captions;

    [GlobalSetup]
    public void Setup()
    {
        _images = CreateView(MatrixProductBenchmarks.Queries, seed: 2, perImage: 1);
        _captions = CreateView(MatrixProductBenchmarks.Gallery, seed: 3, Captions);
    }

    [Benchmark]
    public double BothWays()
    {
        var metrics = _catalog.EvaluateRetrievalBothWays(_images!, nameof(Row.Embedding), _captions!, nameof(Row.Embedding), Relevance.ById(nameof(Row.Image), nameof(Row.Image)));
        return new[] { 1, 5, 10 }.Sum(k => metrics.FirstToSecond.RecallAt(k) + metrics.SecondToFirst.RecallAt(k));
    }

    private static IDataView CreateView(int rows, int seed, int perImage)
    {
        var values = Matrix.Create(rows, seed);
        var definition = SchemaDefinition.Create(typeof(Row));
        definition[nameof(Row.Embedding)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, Matrix.Dimension);
        return new MLContext().Data.LoadFromEnumerable(
            Enumerable.Range(0, rows).Select(row => new Row { Embedding = values.AsSpan(row * Matrix.Dimension, Matrix.Dimension).ToArray(), Image = row / perImage }).ToList(), definition);
    }

    private sealed class Row
    {
        public float[] Embedding { get; init; } = [];

        public int Image { get; init; }
    }
}
