namespace Microsoft.ML.ModalityGap;

/// <summary>A method fitted on some pairs.</summary>
/// <param name="Name">What was asked for.</param>
/// <param name="Took">What it is: of <c>select</c> the method it took.</param>
/// <param name="Model">Its maps, and the correction behind them where it has one.</param>
/// <param name="PairCount">How many pairs it was fitted on.</param>
internal sealed record FittedMethod(string Name, string Took, EmbeddingMapTransformer Model, int PairCount);
