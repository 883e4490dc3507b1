namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Measures the two modalities of a command line.</summary>
internal sealed class Evaluator
{
    private readonly Session _session;
    private readonly ModalityInput _input;
    private readonly ModalityGapEvaluationOptions _options;

    internal Evaluator(Session session, ModalityInput input, UnusableRows unusableRows, int seed)
    {
        if (input.Names.Count != 2)
            throw new UsageException($"Measuring the gap takes two modalities, but {input.Names.Count} {(input.Names.Count == 1 ? "is" : "are")} given: {string.Join(", ", input.Names)}.");
        _session = session;
        _input = input;
        _options = new ModalityGapEvaluationOptions { UnusableRows = unusableRows, Seed = seed };
    }

    internal MeasuredGap Evaluate(string task, EmbeddingMapTransformer? model, RowSelection? selection) =>
        _session.Track(task, total: null, counter =>
        {
            IDataView rows = new WatchedDataView(_input.View, counter, selection);
            var data = model is null ? rows : model.Transform(rows);

            // All pairs with all pairs can take long and asks nobody whether to stop; nothing is written meanwhile, so it is left to itself.
            return Task.Run(() => Measure(data, model?.Correction))
                .WaitAsync(_session.CancellationToken).GetAwaiter().GetResult();
        });

    private MeasuredGap Measure(IDataView data, SimilarityCorrection? correction)
    {
        var (catalog, first, second) = (_session.ML.ModalityGap(), _input.Names[0], _input.Names[1]);
        return new MeasuredGap(
            catalog.Evaluate(data, first, second, _options),
            correction is null ? null : catalog.EvaluateRetrievalBothWays(
                data, first, data, second, Relevance.ByRow, new RetrievalEvaluationOptions { Correction = correction, UnusableRows = _options.UnusableRows, Seed = _options.Seed }));
    }
}
