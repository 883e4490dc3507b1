namespace Microsoft.ML.ModalityGap;

/// <summary>A token that a language model could have begun its answer with.</summary>
/// <param name="Token">Its text.</param>
/// <param name="LogProbability">The natural logarithm of its probability; at most 0.</param>
public readonly record struct TokenLogProbability(string Token, double LogProbability);
