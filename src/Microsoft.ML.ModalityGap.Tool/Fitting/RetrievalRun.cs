using System.CommandLine;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Measures retrieval as <c>--ids</c>, <c>--mixed</c> and <c>--query</c> say.</summary>
internal sealed class RetrievalRun(Session session, ModalityInput input, RetrievalOptions retrieval, UnusableRows unusableRows, int seed, ParseResult result)
{
    /// <summary>Both ways between two modalities by ids.</summary>
    internal TwoWayRetrievalMetrics EvaluateByIds(ModelFile? model, SimilarityCorrection? correction = null)
    {
        var ids = retrieval.ReadIds(result, input);
        if (input.Names is not [var first, var second])
            throw new UsageException($"Retrieval both ways takes two modalities, but {input.Names.Count} are given: {string.Join(", ", input.Names)}. For more give --mixed and --query.");
        var relevance = retrieval.CreateRelevance(result, ids[first], ids[second]);
        return Measure(counter => session.ML.ModalityGap().EvaluateRetrievalBothWays(
            Open(input, first, model, counter), first, Open(input, second, model, counter), second, relevance, CreateOptions(correction)));
    }

    /// <summary>From a gallery of all modalities by queries of their own.</summary>
    internal MixedRetrievalMetrics EvaluateQueries(string name, string path, ModelFile? model, SimilarityCorrection? correction = null)
    {
        if (InputFiles.ReadShape(path) is not [_, _])
            throw new InvalidDataException($"'{path}' has the shape ({string.Join(", ", InputFiles.ReadShape(path))}); --query expects (N, D).");
        var queries = new ModalityInput([name], [path], InputFiles.Load(session.ML, path, name));
        session.Items.Add(queries);
        var ids = retrieval.ReadIds(result, input);
        static string[] Number(long count) => [.. Enumerable.Range(0, (int)count).Select(row => row.ToString(System.Globalization.CultureInfo.InvariantCulture))];
        var relevance = retrieval.CreateRelevance(
            result,
            retrieval.ReadQueryIds(result, queries.RowCount, path) ?? Number(queries.RowCount),
            [.. input.Names.SelectMany(modality => ids.TryGetValue(modality, out var own) ? own : Number(input.GetRowCount(modality)))]);
        return Measure(counter => session.ML.ModalityGap().EvaluateMixedRetrieval(
            Open(queries, name, model, counter),
            name,
            [.. input.Names.Select(modality => new MixedGalleryPart(modality, Open(input, modality, model, counter), modality))],
            relevance,
            CreateMixedOptions(correction)));
    }

    /// <summary>From a two-sided gallery of items, each shown by a row of either modality and searched by another.</summary>
    internal MixedRetrievalMetrics EvaluateItems(ModelFile? model, SimilarityCorrection? correction = null)
    {
        var ids = retrieval.ReadIds(result, input);
        if (input.Names is not [var first, var second])
            throw new UsageException($"--mixed with --ids takes two modalities, but {input.Names.Count} are given: {string.Join(", ", input.Names)}.");
        return Measure(counter => session.ML.ModalityGap().EvaluateTwoSidedRetrieval(
            Open(input, first, model, counter), first, Open(input, second, model, counter), second, Relevance.ById(ids[first], ids[second]), CreateMixedOptions(correction)));
    }

    /// <summary>From a gallery made of one member of each pair, by the other.</summary>
    internal MixedRetrievalMetrics EvaluatePairs(string task, EmbeddingMapTransformer? model, RowSelection? selection, SimilarityCorrection? correction = null)
    {
        if (input.Names is not [var first, var second])
            throw new UsageException($"--mixed without --query takes two modalities, but {input.Names.Count} are given: {string.Join(", ", input.Names)}.");
        return Measure(
            counter =>
            {
                IDataView rows = new WatchedDataView(input.View, counter, selection);
                return session.ML.ModalityGap().EvaluateMixedRetrieval(model is null ? rows : model.Transform(rows), first, second, CreateMixedOptions(correction));
            },
            task);
    }

    private IDataView Open(ModalityInput source, string name, ModelFile? model, RowCounter counter) => MapApplication.Apply(session, model, source, name, counter);

    // All with all can take long and asks nobody whether to stop; nothing is written meanwhile, so it is left to itself.
    private TMetrics Measure<TMetrics>(Func<RowCounter, TMetrics> evaluate, string task = "Measuring") => session.Track(
        task, total: null, counter => Task.Run(() => evaluate(counter)).WaitAsync(session.CancellationToken).GetAwaiter().GetResult());

    private RetrievalEvaluationOptions CreateOptions(SimilarityCorrection? correction) =>
        new() { Cutoffs = retrieval.GetCutoffs(result), OwnDocuments = retrieval.GetOwnDocuments(result), UnusableRows = unusableRows, Seed = seed, Correction = correction };

    private MixedRetrievalEvaluationOptions CreateMixedOptions(SimilarityCorrection? correction)
    {
        var cutoffs = retrieval.GetCutoffs(result);
        return new() { Cutoffs = cutoffs, Cutoff = cutoffs[^1], UnusableRows = unusableRows, Seed = seed, Correction = correction };
    }
}
