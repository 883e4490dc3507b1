using Microsoft.Extensions.AI;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Gets the likeliest first tokens of a language model's greedy answer. <see cref="IChatClient"/> has no such thing, so each service has a way of its own; for those with
/// OpenAI's chat completions see <see cref="OpenAICompatibleTokenSource"/>.
/// </summary>
/// <param name="messages">The question.</param>
/// <param name="topCount">How many tokens are wanted.</param>
/// <param name="cancellationToken">Cancels the request.</param>
/// <returns>The tokens in any order; more than wanted are cut to the likeliest.</returns>
public delegate Task<IReadOnlyList<TokenLogProbability>> FirstTokenSource(IReadOnlyList<ChatMessage> messages, int topCount, CancellationToken cancellationToken);
