namespace Microsoft.ML.ModalityGap;

/// <summary>How well one class of several is found.</summary>
/// <param name="Name">The class.</param>
/// <param name="PositiveCount">How many rows have it.</param>
/// <param name="PredictedCount">How many rows are predicted to have it.</param>
/// <param name="AveragePrecision">AP = Σ (R_k − R_{k−1})·P_k over the distinct scores from the highest down, not interpolated, as scikit-learn has it;
/// <see langword="null"/> where no row has the class.</param>
/// <param name="Precision">The share of predicted rows that have it; 0 where none is predicted.</param>
/// <param name="Recall">The share of rows that have it and are predicted to; 0 where none has it.</param>
/// <param name="F1">2·P·R/(P + R); 0 where both are.</param>
public sealed record MultiLabelClassMetrics(
    string Name, int PositiveCount, int PredictedCount, double? AveragePrecision, double Precision, double Recall, double F1);
