namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Fits a method on the rows of a command line's files.</summary>
internal static class Fitter
{
    internal static EmbeddingMapTransformer Fit(Session session, ModalityInput input, FitMethod method, FitSettings settings, RowSelection? selection)
    {
        var estimator = method.CreateEstimator(session.ML, ModalityColumns.PerColumn(input.Names), settings);
        return session.Track("Fitting", input.RowCount, counter => input.IsPaired
            ? estimator.Fit(new WatchedDataView(input.View, counter, selection))
            : estimator.Fit(input.Names.Zip(input.Views).ToDictionary(entry => entry.First, entry => (IDataView)new WatchedDataView(entry.Second, counter))));
    }
}
