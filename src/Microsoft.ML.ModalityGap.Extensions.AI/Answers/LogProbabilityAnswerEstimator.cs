using Microsoft.Extensions.AI;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Asks a language model once, and reads its distribution from the probabilities of the first token of its greedy answer (LPR: log-probability reconstruction; LPE in the paper's
/// final version).
/// </summary>
/// <remarks>
/// <para>p(c) ∝ Σ exp(log-probability) of those of the top tokens that mean c, divided by their sum over the classes; uniform where none does. What a token means is decided by
/// <see cref="AnswerRules"/>.</para>
/// <para>Source: Lee, An, Thorne, Can Large Language Models Capture Dissenting Human Voices?, EMNLP 2023 (arXiv 2305.13788).</para>
/// </remarks>
public sealed class LogProbabilityAnswerEstimator : AnswerEstimator
{
    private readonly FirstTokenSource _source;
    private readonly LogProbabilityAnswerOptions _options;

    /// <summary>Creates the estimator.</summary>
    /// <param name="source">Where log-probabilities come from, such as <see cref="OpenAICompatibleTokenSource.GetFirstTokensAsync"/>.</param>
    /// <param name="rules">How tokens are understood.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    public LogProbabilityAnswerEstimator(FirstTokenSource source, AnswerRules rules, LogProbabilityAnswerOptions? options = null)
        : base(rules)
    {
        ArgumentNullException.ThrowIfNull(source);
        (_source, _options) = (source, options ?? LogProbabilityAnswerOptions.Default);
    }

    private protected override async Task<AnswerDistribution> EstimateCoreAsync(IReadOnlyList<ChatMessage> messages, CancellationToken cancellationToken)
    {
        var tokens = await _options.Requests.SendAsync(token => _source(messages, _options.TopCount, token), cancellationToken).ConfigureAwait(false);
        return AnswerDistribution.FromTokens(Rules, [.. tokens.OrderByDescending(token => token.LogProbability).Take(_options.TopCount)]);
    }
}
