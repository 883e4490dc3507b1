namespace Microsoft.ML.ModalityGap;

/// <summary>What <see cref="TrainModalityNormalizationEstimator"/> trains per modality. Every head ends with normalisation to length 1.</summary>
public enum TrainingHead
{
    /// <summary>Batch normalisation, γ (x̂ − m)/√(v + ε) + β: I0T_async.</summary>
    BatchNorm,

    /// <summary>A linear layer, W x̂ + b: an adapter, or a projection to fewer dimensions.</summary>
    Linear,

    /// <summary>Batch normalisation, and a linear layer after it.</summary>
    BatchNormThenLinear,
}
