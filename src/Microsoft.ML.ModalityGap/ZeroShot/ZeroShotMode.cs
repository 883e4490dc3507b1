namespace Microsoft.ML.ModalityGap;

/// <summary>How many classes a row may have.</summary>
public enum ZeroShotMode
{
    /// <summary>Exactly one: probabilities are a softmax over the classes.</summary>
    SingleLabel,

    /// <summary>Any number, none included: each class has a threshold and a probability of its own.</summary>
    MultiLabel,
}
