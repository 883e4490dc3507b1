namespace Microsoft.ML.ModalityGap;

/// <summary>What the numbers in a column of scores are, and so how a distribution over the classes is made of them.</summary>
public enum ScoreKind
{
    /// <summary>Logits or cosines: softmax(s·score), s the logit scale.</summary>
    Logits,

    /// <summary>Logarithms of probabilities: exp(score), divided by their sum.</summary>
    LogProbabilities,

    /// <summary>Probabilities, or anything not negative: divided by their sum.</summary>
    Probabilities,

    /// <summary>How often each class was drawn, such as by asking a model many times: divided by their sum.</summary>
    Counts,
}
