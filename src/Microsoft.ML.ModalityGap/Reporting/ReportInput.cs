namespace Microsoft.ML.ModalityGap;

/// <summary>Embeddings to report on.</summary>
/// <param name="Data">Row i of both columns is a pair.</param>
/// <param name="First">The column of the first modality.</param>
/// <param name="Second">That of the second.</param>
/// <param name="FirstTitle">What the report calls the first modality: its column's name before the map.</param>
/// <param name="SecondTitle">The same of the second.</param>
internal sealed record ReportInput(IDataView Data, string First, string Second, string FirstTitle, string SecondTitle);
