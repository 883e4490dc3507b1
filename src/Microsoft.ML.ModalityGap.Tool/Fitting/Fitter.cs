namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Fits a method on the rows of a command line's files.</summary>
internal static class Fitter
{
    internal static EmbeddingMapTransformer Fit(Session session, ModalityInput input, FitMethod method, FitSettings settings, RowSelection? selection)
    {
        var estimator = method.CreateEstimator(session.ML, ModalityColumns.PerColumn(input.Names), settings with { CancellationToken = session.CancellationToken });
        if (settings.Correction is { } correction)
            estimator = session.ML.Transforms.CorrectSimilarities(estimator, correction);
        return session.Track("Fitting", method.NeedsPairs ? null : input.RowCount, counter => input.IsPaired
            ? estimator.Fit(new WatchedDataView(input.View, counter, selection))
            : FitEach(estimator, input, counter));
    }

    private static EmbeddingMapTransformer FitEach(IEstimator<EmbeddingMapTransformer> estimator, ModalityInput input, RowCounter counter)
    {
        var views = input.Names.Zip(input.Views).ToDictionary(entry => entry.First, entry => (IDataView)new WatchedDataView(entry.Second, counter));
        return estimator is CorrectSimilaritiesEstimator corrected ? corrected.Fit(views) : ((EmbeddingMapEstimator)estimator).Fit(views);
    }
}
