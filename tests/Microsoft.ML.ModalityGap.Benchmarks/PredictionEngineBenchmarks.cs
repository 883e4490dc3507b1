using BenchmarkDotNet.Attributes;
using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>One row of 512 dimensions through a prediction engine, over a pipeline that copies the column. Target: under 2 µs more.</summary>
public class PredictionEngineBenchmarks
{
    private readonly Row _row = new();
    private readonly Row _result = new();
    private PredictionEngine<Row, Row>? _identity;
    private PredictionEngine<Row, Row>? _center;

    [GlobalSetup]
    public void Setup()
    {
        var context = new MLContext(seed: 1);
        var values = Matrix.Create(rows: 100);
        values.AsSpan(0, Matrix.Dimension).CopyTo(_row.Embedding);
        var data = context.Data.LoadFromEnumerable(values.Chunk(Matrix.Dimension).Select(row => new Row { Embedding = row }));
        _identity = context.Model.CreatePredictionEngine<Row, Row>(context.Transforms.CopyColumns("Embedding", "Embedding").Fit(data));
        _center = context.Model.CreatePredictionEngine<Row, Row>(context.Transforms.CenterModalities("Embedding").Fit(data));
    }

    [Benchmark(Baseline = true)]
    public float Identity() => Predict(_identity!);

    [Benchmark]
    public float CenterModalities() => Predict(_center!);

    private float Predict(PredictionEngine<Row, Row> engine)
    {
        var result = _result;
        engine.Predict(_row, ref result);
        return result.Embedding[0];
    }

    /// <summary>In- and output.</summary>
    public sealed class Row
    {
        /// <summary>The embedding.</summary>
        [VectorType(Matrix.Dimension)]
        public float[] Embedding { get; set; } = new float[Matrix.Dimension];
    }
}
