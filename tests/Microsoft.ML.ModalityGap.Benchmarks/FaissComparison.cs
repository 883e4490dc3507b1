using System.Diagnostics;
using System.Globalization;

namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>Top-10 of 5,000 queries over 25,000×512, here, in numpy and in FAISS where Python has it: in turn, the fastest run of each. Prints a table.</summary>
internal static class FaissComparison
{
    private const int Rounds = 6;
    private const int K = 10;

    /// <param name="python">The Python to run.</param>
    public static int Run(string python)
    {
        IndexBenchmarks[] searches =
        [
            .. Enum.GetValues<IndexStorage>().Select(storage => new IndexBenchmarks { Storage = storage }),
            new IndexBenchmarks { Storage = IndexStorage.Float32, FirstPass = IndexFirstPass.Int8 }, new IndexBenchmarks { Storage = IndexStorage.Float16, FirstPass = IndexFirstPass.Int8 },
        ];
        Array.ForEach(searches, search => search.Setup());
        var product = new MatrixProductBenchmarks();
        product.Setup();
        var folder = Directory.CreateTempSubdirectory("modality-gap-faiss-").FullName;
        try
        {
            using var process = Start(python, Write(folder, "queries", MatrixProductBenchmarks.Queries, seed: 2), Write(folder, "gallery", MatrixProductBenchmarks.Gallery, seed: 3));
            var header = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"'{python}' did not start: {process.StandardError.ReadToEnd()}");
            Console.WriteLine($"Python has: {header}");
            var subjects = searches.Select(search => (Name: $"EmbeddingIndex, {search.Storage}{(search.FirstPass == IndexFirstPass.None ? "" : " by codes")}", Run: (Func<double>)(() => Time(() => search.SearchBatch())))).ToList();
            subjects.Add(("MatrixProduct (bare)", () => Time(() => product.Product())));
            foreach (var name in header.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(name => char.IsLetter(name[0])))
                subjects.Add((name == "product" ? "numpy @ (bare, BLAS)" : name, () => Ask(process, name)));
            var best = subjects.Select(_ => double.MaxValue).ToArray();
            for (var round = 0; round < Rounds; round++)
            {
                for (var i = 0; i < best.Length; i++)
                    best[i] = Math.Min(best[i], subjects[i].Run());
            }

            for (var i = 0; i < best.Length; i++)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{subjects[i].Name,-28} {best[i] * 1e3,8:F1} ms"));
            process.StandardInput.Close();
            process.WaitForExit();
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Process Start(string python, string queries, string gallery)
    {
        var start = new ProcessStartInfo(python) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[Path.Combine(AppContext.BaseDirectory, "faiss_search.py"), queries, gallery, K.ToString(CultureInfo.InvariantCulture)])
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    private static double Ask(Process process, string name)
    {
        process.StandardInput.WriteLine(name);
        process.StandardInput.Flush();
        var answer = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException(process.StandardError.ReadToEnd());
        return double.Parse(answer.Split(' ')[0], CultureInfo.InvariantCulture);
    }

    private static double Time(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static string Write(string folder, string name, int rows, int seed)
    {
        var context = new MLContext();
        var values = Matrix.CreateClustered(rows, seed);
        var path = Path.Combine(folder, name + ".npy");
        var view = context.Data.LoadFromEnumerable(Enumerable.Range(0, rows).Select(i => new Row { Embedding = values.AsSpan(i * Matrix.Dimension, Matrix.Dimension).ToArray() }));
        context.ModalityGap().SaveAsNpy(view, path);
        return path;
    }

    private sealed class Row
    {
        [Data.VectorType(Matrix.Dimension)]
        public float[] Embedding { get; set; } = [];
    }
}
