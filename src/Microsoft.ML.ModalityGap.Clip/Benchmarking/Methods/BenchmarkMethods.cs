using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>The methods compared: those of <see cref="SelectionCandidates"/> by name, and what <see cref="ModalityGapCatalog.Select(IDataView, string, string, SelectionOptions?)"/> takes.</summary>
internal static class BenchmarkMethods
{
    internal const string Image = "Image";
    internal const string Text = "Text";
    internal const string Select = "select";

    // More pairs than that make the list of candidates no longer.
    private const int AnyNumber = 1 << 20;

    /// <summary>All names, of which some are not for few pairs.</summary>
    internal static IEnumerable<string> GetNames(IHostEnvironment env) => SelectionCandidates.Create(env, AnyNumber, AnyNumber).Select(candidate => candidate.Name).Prepend(Select);

    /// <summary>The maps of a method by name; <see langword="null"/> for raw embeddings and for what is selected.</summary>
    internal static Func<ModalityColumns, IEstimator<EmbeddingMapTransformer>>? FindMaps(IHostEnvironment env, string method) =>
        method is Select or SelectionCandidates.Raw
            ? null
            : SelectionCandidates.Create(env, AnyNumber, AnyNumber).FirstOrDefault(candidate => candidate.Name == method) is { } candidate ? candidate.CreateMapEstimator : null;

    /// <summary>Fits a method.</summary>
    /// <exception cref="InvalidDataException">There are too few pairs for it.</exception>
    internal static FittedMethod Fit(MLContext ml, string method, FitRows rows, int seed)
    {
        var count = rows.PairCount;
        if (count < 2)
            throw new InvalidDataException($"There {(count == 1 ? "is 1 pair" : $"are {count} pairs")} of an image and a text to fit on; at least 2 are needed.");
        var items = Relevance.ById(rows.ImageItems, rows.TextItems);
        var images = CreateView(ml, (Image, rows.Images));
        var texts = CreateView(ml, (Text, rows.Texts));
        var columns = ModalityColumns.PerColumn(Image, Text);
        var (estimator, took) = method == Select
            ? TakeRecommended(ml.ModalityGap().Select(images, Image, texts, Text, items, new SelectionOptions { Seed = seed }))
            : (FindCandidate(ml, method, count, rows.Images.Dimension).CreateEstimator(columns), method);
        return new FittedMethod(method, took, estimator.Fit(ml.ModalityGap().JoinPairs(images, Image, texts, Text, items)), count);
    }

    /// <summary>Embeddings as columns of one view.</summary>
    internal static IDataView CreateView(MLContext ml, params IReadOnlyList<(string Name, Embeddings Rows)> columns) => ml.ModalityGap().LoadFromEnumerable(
        Enumerable.Range(0, columns[0].Rows.Count), [.. columns.Select(column => (column.Name, (Func<int, ReadOnlyMemory<float>>)(row => column.Rows[row])))]);

    private static (IEstimator<EmbeddingMapTransformer> Estimator, string Took) TakeRecommended(SelectionResult result) => (result.Estimator, result.Recommended.Name);

    private static SelectionCandidate FindCandidate(IHostEnvironment env, string method, int count, int dimension) =>
        SelectionCandidates.Create(env, count, dimension).FirstOrDefault(candidate => candidate.Name == method)
        ?? throw new InvalidDataException($"'{method}' is not for {count} pairs of {dimension} dimensions.");
}
