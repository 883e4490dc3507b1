using BenchmarkDotNet.Attributes;

namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>The bare product of 5,000 queries and 25,000 rows of 512 dimensions, in pieces of the gallery whose scores fit in memory, beside the machine's peak.</summary>
public class MatrixProductBenchmarks
{
    public const int Queries = 5_000;
    public const int Gallery = 25_000;
    private const int Piece = 5_000;

    private float[] _queries = [];
    private float[] _gallery = [];
    private float[] _scores = [];

    [GlobalSetup]
    public void Setup()
    {
        _queries = Matrix.CreateDistinct(Queries, seed: 2);
        _gallery = Matrix.CreateDistinct(Gallery, seed: 3);
        _scores = new float[Queries * Piece];
    }

    [Benchmark(Baseline = true)]
    public float Peak() => FmaPeak.Run((long)Queries * Gallery * Matrix.Dimension);

    [Benchmark]
    public float[] Product()
    {
        for (var first = 0; first < Gallery; first += Piece)
        {
            MatrixProduct.Multiply(
                _queries, false, _gallery.AsSpan(first * Matrix.Dimension, Piece * Matrix.Dimension), true, Queries, Piece, Matrix.Dimension, _scores);
        }

        return _scores;
    }
}
