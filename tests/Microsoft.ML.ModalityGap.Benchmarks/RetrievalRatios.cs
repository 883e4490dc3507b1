namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>The speed targets of the matrix product, and of search and the ranks of retrieval, which are built on it.</summary>
internal static class RetrievalRatios
{
    // Each round is seconds of work.
    private const int Rounds = 12;
    private const long MemoryTarget = 64 << 20;

    public static int Run() => RunBatch() + RunSingle();

    private static int RunBatch()
    {
        var product = new MatrixProductBenchmarks();
        product.Setup();
        var search = new IndexBenchmarks { Storage = IndexStorage.Float32 };
        search.Setup();
        // First, so that nothing of it is there already.
        var memory = search.MeasureMemory();
        var missed = Ratios.Compare("matrix product / FMA peak", 1 / 0.85, () => product.Peak(), () => product.Product(), Rounds);
        var evaluate = new EvaluateRetrievalBenchmarks();
        evaluate.Setup();
        missed += Ratios.Compare("recall both ways / product", 2.5, () => product.Product(), () => evaluate.BothWays(), Rounds);
        missed += Ratios.Compare("top-10 search / matrix product", 1.3, () => product.Product(), () => search.SearchBatch(), Rounds);
        Console.WriteLine($"{"  its memory over the inputs",-32} {memory / 1048576.0,8:F1} MB   target {MemoryTarget >> 20} MB   {(memory <= MemoryTarget ? "met" : "MISSED")}");
        return missed + (memory <= MemoryTarget ? 0 : 1);
    }

    private static int RunSingle()
    {
        var single = new SingleQueryBenchmarks();
        single.Setup();
        return Ratios.Compare("one query of 1,000,000 / sum", 1.5, () => single.ParallelSum(), () => single.Search(), Rounds);
    }
}
