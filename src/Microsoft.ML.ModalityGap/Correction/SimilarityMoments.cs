namespace Microsoft.ML.ModalityGap;

/// <summary>What a bank's queries of one modality score with rows of another (or the same), after the bias of each row.</summary>
/// <param name="QueryModality">The modality of the queries.</param>
/// <param name="GalleryModality">That of the gallery rows.</param>
/// <param name="Mean">m; 0 where nothing is standardised.</param>
/// <param name="Deviation">d, positive; 1 where similarities are not scaled.</param>
/// <param name="Count">How many similarities they are of, or queries where one of each counts; 0 where nothing is standardised.</param>
public sealed record SimilarityMoments(string QueryModality, string GalleryModality, double Mean, double Deviation, long Count);
