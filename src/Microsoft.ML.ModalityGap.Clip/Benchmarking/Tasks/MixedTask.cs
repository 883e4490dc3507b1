using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// One gallery of both modalities. With several captions an image each is shown as itself or as another of its captions, and asked for by a caption (two-sided); with one caption relevant is the other modality's row alone, so the
/// other modality's share of the first ten stands beside it; a data set that has a gallery and judgements of its own (MixBench) is taken as it is.
/// </summary>
internal sealed class MixedTask : IBenchmarkTask
{
    public string Name => "mixed";

    public bool Fits(BenchmarkData data) => data.Search is not null || data.Captions.Count > 0;

    public IEnumerable<TaskMeasure> Measure(TaskInput input)
    {
        var options = new MixedRetrievalEvaluationOptions { Correction = input.Correction, Seed = input.Seed };
        return input.Data.Search is { } search ? MeasureSearch(input, search, options) : MeasureCaptions(input, options);
    }

    private static IEnumerable<TaskMeasure> MeasureCaptions(TaskInput input, MixedRetrievalEvaluationOptions options)
    {
        var captions = input.GetCaptions(takesAll: true);
        var images = captions.GroupBy(caption => caption.Image).Where(group => group.Count() > 1).Select(group => group.Key).ToHashSet();
        if (images.Count == 0)
        {
            var (x, y) = input.GetPairs();
            var pairs = BenchmarkMethods.CreateView(input.ML, (BenchmarkMethods.Image, x), (BenchmarkMethods.Text, y));
            return Describe(input.ML.ModalityGap().EvaluateMixedRetrieval(pairs, BenchmarkMethods.Image, BenchmarkMethods.Text, options), "one caption");
        }

        captions = [.. captions.Where(caption => images.Contains(caption.Image))];
        int[] shown = [.. images];
        static string[] Ids(IEnumerable<int> numbers) => [.. numbers.Select(number => number.ToString(CultureInfo.InvariantCulture))];
        return Describe(
            input.ML.ModalityGap().EvaluateTwoSidedRetrieval(
                input.View(BenchmarkMethods.Image, input.Images.Take(shown)),
                BenchmarkMethods.Image,
                input.View(BenchmarkMethods.Text, input.Texts.Take([.. captions.Select(caption => caption.Text)])),
                BenchmarkMethods.Text,
                Relevance.ById(Ids(shown), Ids(captions.Select(caption => caption.Image))),
                options),
            "two-sided");
    }

    private static IEnumerable<TaskMeasure> MeasureSearch(TaskInput input, DataSearch search, MixedRetrievalEvaluationOptions options)
    {
        // What is both lies where its two sides meet; a correction knows images and texts only, and takes it for an image.
        string KindOf(DataDocument document) => options.Correction is not null && document.Kind == DataDocument.Fused ? BenchmarkMethods.Image : document.Kind;
        var parts = search.Documents.GroupBy(KindOf, StringComparer.Ordinal).Select(group => (Kind: group.Key, Documents: group.ToList())).ToList();
        MixedGalleryPart[] gallery = [.. parts.Select(part => new MixedGalleryPart(part.Kind, input.View(part.Kind, Embed(input, part.Documents)), part.Kind))];
        string[] ids = [.. parts.SelectMany(part => part.Documents).Select(document => document.Id)];
        foreach (var group in search.Queries.GroupBy(query => query.Kind, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            DataDocument[] queries = [.. group];
            var asked = queries.Select(query => query.Id).ToHashSet(StringComparer.Ordinal);
            RelevanceJudgement[] judgements = [.. search.Judgements.Where(judgement => asked.Contains(judgement.QueryId))];
            if (judgements.Length == 0)
                continue;
            var name = KindOf(queries[0]);
            var metrics = input.ML.ModalityGap().EvaluateMixedRetrieval(
                input.View(name, Embed(input, queries)), name, gallery, Relevance.ByJudgements([.. queries.Select(query => query.Id)], ids, judgements), options);
            foreach (var measure in Describe(metrics, $"{group.Key.ToLowerInvariant()} queries"))
                yield return measure;
        }
    }

    private static Embeddings Embed(TaskInput input, IReadOnlyList<DataDocument> documents)
    {
        var dimension = input.Images.Dimension;
        var values = new float[documents.Count * dimension];
        var unit = new float[dimension];
        for (var i = 0; i < documents.Count; i++)
        {
            var row = values.AsSpan(i * dimension, dimension);
            foreach (var side in new[] { documents[i].Image is { } image ? input.Images[image] : default, documents[i].Text is { } text ? input.Texts[text] : default })
            {
                if (side.IsEmpty)
                    continue;
                RowKernels.Normalize(side.Span, unit);
                System.Numerics.Tensors.TensorPrimitives.Add(row, unit, row);
            }
        }

        return new Embeddings(values, dimension);
    }

    private static IEnumerable<TaskMeasure> Describe(MixedRetrievalMetrics metrics, string what)
    {
        var count = metrics.Retrieval.QueryCount;
        yield return new($"{what} NDCG@10", metrics.Ndcg, count);
        yield return new($"{what} R@1", metrics.Retrieval.RecallAt(1), count);
        foreach (var modality in metrics.Modalities)
            yield return new($"{what} {modality.Modality.ToLowerInvariant()} share of first ten", modality.TopShare, count);
    }
}
