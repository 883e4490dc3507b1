namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>The speed targets of the matrix product and of what is built on it.</summary>
internal static class RetrievalRatios
{
    private const int Rounds = 8;

    public static int Run()
    {
        var product = new MatrixProductBenchmarks();
        product.Setup();
        var missed = 0;
        missed += Ratios.Compare("matrix product / FMA peak", 1 / 0.85, () => product.Peak(), () => product.Product(), Rounds);

        var evaluate = new EvaluateRetrievalBenchmarks();
        evaluate.Setup();
        missed += Ratios.Compare("recall both ways / product", 2.5, () => product.Product(), () => evaluate.BothWays(), Rounds);
        return missed;
    }
}
