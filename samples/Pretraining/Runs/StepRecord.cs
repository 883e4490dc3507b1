namespace Pretraining;

/// <summary>What is logged of a step.</summary>
/// <param name="Step">From 0.</param>
/// <param name="Loss">Cross-entropy a token, in nats, before the step.</param>
/// <param name="TokenVariability">TEV: the mean over tokens of the standard deviation of a token's values.</param>
/// <param name="TokenVariabilitySpread">Its standard deviation over tokens.</param>
/// <param name="GradientVariance">The mean over all weights of the variance (unbiased) between the gradients of a step's parts.</param>
/// <param name="GradientNorm">Of the step's gradient, before it is cut.</param>
/// <param name="OutputVariance">Of the residual stream behind the last block.</param>
internal sealed record StepRecord(
    int Step, double Loss, double TokenVariability, double TokenVariabilitySpread, double GradientVariance, double GradientNorm, double OutputVariance);
