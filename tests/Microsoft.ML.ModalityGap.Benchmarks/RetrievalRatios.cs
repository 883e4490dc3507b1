using System.Globalization;

namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>The speed targets of the matrix product, and of search and the ranks of retrieval, which are built on it.</summary>
internal static class RetrievalRatios
{
    // Each round is seconds of work.
    private const int Rounds = 12;
    private const int FewRounds = 5;
    private const int BitRows = 250_000;
    private const int FewQueries = 500;
    private const long MemoryTarget = 64 << 20;

    /// <summary>The product, and what is built on it.</summary>
    public static int RunBatch()
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

    /// <summary>Top-10 of 5,000 queries over 25,000 clustered rows by codes, against float32; those with a first pass find the same.</summary>
    public static int RunCodes()
    {
        // 512 bits of VNNI are not to be had in .NET: AVX-512 machines add up pairs of products, twice to three times as fast as floats.
        var target = 1 / 2.5;
        var plain = Create(IndexStorage.Float32, IndexFirstPass.None);
        var missed = 0;
        foreach (var (name, storage, firstPass) in new[]
        {
            ("float32 by int8", IndexStorage.Float32, IndexFirstPass.Int8), ("float16 by int8", IndexStorage.Float16, IndexFirstPass.Int8), ("int8", IndexStorage.Int8, IndexFirstPass.None),
        })
        {
            var search = Create(storage, firstPass);
            missed += Ratios.Compare($"top-10, {name} / float32", target, () => plain.SearchBatch(), () => search.SearchBatch(), FewRounds);
            var counts = search.Count();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"  rows read again per query",-32} {counts.RowsRescored / (double)MatrixProductBenchmarks.Queries,8:F1}; {counts.QueriesInFull} queries against every row"));
        }

        return missed;

        static IndexBenchmarks Create(IndexStorage storage, IndexFirstPass firstPass)
        {
            var benchmarks = new IndexBenchmarks { Storage = storage, FirstPass = firstPass };
            benchmarks.Setup();
            return benchmarks;
        }
    }

    /// <summary>Top-10 by a first cut of sign bits, which may miss rows, beside all rows of float32 and proof by int8: batches over 25,000 clustered rows and over as many as single queries are of, and single queries.</summary>
    public static int RunBits()
    {
        var missed = 0;
        foreach (var (rows, queries) in new[] { (MatrixProductBenchmarks.Gallery, MatrixProductBenchmarks.Queries), (BitRows, FewQueries), (BitRows, 1) })
        {
            var asked = Matrix.CreateClustered(queries, seed: 2);
            var plain = IndexBenchmarks.CreateIndex(rows, new EmbeddingIndexOptions());
            var codes = IndexBenchmarks.CreateIndex(rows, new EmbeddingIndexOptions { FirstPass = IndexFirstPass.Int8 });
            var bits = IndexBenchmarks.CreateIndex(rows, new EmbeddingIndexOptions { FirstPass = IndexFirstPass.ApproximateBits });
            foreach (var candidates in new[] { 50, 200, 1000 })
            {
                var options = new SearchOptions { ApproximateCandidates = candidates };
                missed += Ratios.Compare($"{queries} of {rows}, {candidates} bits / float32", rows == BitRows ? 0.2 : 0.5, () => plain.SearchBatch(asked, 10), () => bits.SearchBatch(asked, 10, options), FewRounds);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"  recall@10",-32} {bits.MeasureRecall(Matrix.CreateClustered(FewQueries, seed: 2), 10, options),8:F4}"));
            }

            missed += Ratios.Compare("  200 bits / int8 first", 1, () => codes.SearchBatch(asked, 10), () => bits.SearchBatch(asked, 10, new SearchOptions { ApproximateCandidates = 200 }), FewRounds);
        }

        return missed;
    }

    /// <summary>One query over a million rows, which waits for the memory: in all 5 GB.</summary>
    public static int RunSingle()
    {
        var single = new SingleQueryBenchmarks();
        single.Setup();
        var missed = Ratios.Compare("one query of 1,000,000 / sum", 1.5, () => single.ParallelSum(), () => single.Search(), FewRounds);
        single.Release();
        foreach (var (storage, target) in new[] { (IndexStorage.Float16, 1 / 1.8), (IndexStorage.Int8, 1 / 3.5) })
        {
            var smaller = new SingleQueryBenchmarks { Storage = storage };
            smaller.Setup();
            missed += Ratios.Compare($"  the same, {storage} / float32", target, () => single.Search(), () => smaller.Search(), FewRounds);
        }

        var bits = new SingleQueryBenchmarks { FirstPass = IndexFirstPass.ApproximateBits };
        bits.Setup();
        bits.Release();
        foreach (var candidates in new[] { 50, 200, 1000 })
        {
            var options = new SearchOptions { ApproximateCandidates = candidates };
            missed += Ratios.Compare($"  the same, {candidates} by bits / float32", 0.2, () => single.Search(), () => bits.Search(options), FewRounds);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"  recall@10",-32} {bits.MeasureRecall(options),8:F4}"));
        }

        return missed;
    }
}
