using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Microsoft.ML.ModalityGap;

/// <summary>Estimates how a language model's answers to a question are spread over options, to be compared with people's.</summary>
/// <remarks>Two ways: <see cref="MonteCarloAnswerEstimator"/> asks many times, <see cref="LogProbabilityAnswerEstimator"/> asks once for probabilities. Thread-safe if the client is.</remarks>
public abstract class AnswerEstimator
{
    private protected AnswerEstimator(AnswerRules rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        Rules = rules;
    }

    /// <summary>How answers are understood.</summary>
    public AnswerRules Rules { get; }

    /// <summary>Asks a question in one message.</summary>
    /// <param name="question">The question with its options, as the model is to read it.</param>
    /// <param name="cancellationToken">Cancels the requests under way.</param>
    /// <exception cref="TimeoutException">The model did not answer in time, in the last of the allowed tries either.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Task<AnswerDistribution> EstimateAsync(string question, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(question);
        return EstimateAsync([new ChatMessage(ChatRole.User, question)], cancellationToken);
    }

    /// <summary>Asks a question in any messages, such as instructions, examples and the question itself.</summary>
    /// <param name="messages">The messages, at least one.</param>
    /// <param name="cancellationToken">Cancels the requests under way.</param>
    /// <exception cref="ArgumentException">There is no message.</exception>
    /// <exception cref="TimeoutException">The model did not answer in time, in the last of the allowed tries either.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Task<AnswerDistribution> EstimateAsync(IReadOnlyList<ChatMessage> messages, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return messages.Count > 0 ? EstimateCoreAsync(messages, cancellationToken) : throw new ArgumentException("There is no message.", nameof(messages));
    }

    /// <summary>Asks one question after the other. What was answered before an error or a cancellation has been handed out by then.</summary>
    /// <param name="questions">The questions.</param>
    /// <param name="cancellationToken">Cancels the requests under way.</param>
    /// <returns>A distribution for each question, in their order.</returns>
    public async IAsyncEnumerable<AnswerDistribution> EstimateAllAsync(IEnumerable<string> questions, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(questions);
        foreach (var question in questions)
            yield return await EstimateAsync(question, cancellationToken).ConfigureAwait(false);
    }

    private protected abstract Task<AnswerDistribution> EstimateCoreAsync(IReadOnlyList<ChatMessage> messages, CancellationToken cancellationToken);
}
