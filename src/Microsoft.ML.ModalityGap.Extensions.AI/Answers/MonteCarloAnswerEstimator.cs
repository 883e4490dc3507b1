using Microsoft.Extensions.AI;

namespace Microsoft.ML.ModalityGap;

/// <summary>Asks a language model the same question many times, and takes the shares of its valid answers (MCR: Monte Carlo reconstruction; MCE in the paper's final version).</summary>
/// <remarks>
/// <para>p(c) = answers that mean c / valid answers, of iterations × samples answers; uniform where none is valid. What an answer means is decided by <see cref="AnswerRules"/>.</para>
/// <para>Each answer is a request of its own, because <see cref="IChatClient"/> has none for several. An empty answer counts as one that is not valid.</para>
/// <para>Source: Lee, An, Thorne, Can Large Language Models Capture Dissenting Human Voices?, EMNLP 2023 (arXiv 2305.13788).</para>
/// </remarks>
public sealed class MonteCarloAnswerEstimator : AnswerEstimator
{
    private readonly IChatClient _client;
    private readonly MonteCarloAnswerOptions _options;

    /// <summary>Creates the estimator.</summary>
    /// <param name="client">The model; not disposed.</param>
    /// <param name="rules">How answers are understood.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    public MonteCarloAnswerEstimator(IChatClient client, AnswerRules rules, MonteCarloAnswerOptions? options = null)
        : base(rules)
    {
        ArgumentNullException.ThrowIfNull(client);
        (_client, _options) = (client, options ?? MonteCarloAnswerOptions.Default);
    }

    private protected override async Task<AnswerDistribution> EstimateCoreAsync(IReadOnlyList<ChatMessage> messages, CancellationToken cancellationToken)
    {
        var perIteration = _options.SamplesPerIteration;
        var answers = new string[checked(_options.Iterations * perIteration)];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _options.MaxConcurrency, CancellationToken = cancellationToken };
        for (var iteration = 0; iteration < _options.Iterations; iteration++)
        {
            await Parallel.ForEachAsync(Enumerable.Range(iteration * perIteration, perIteration), parallel, async (sample, token) =>
            {
                var response = await _options.Requests.SendAsync(attempt => _client.GetResponseAsync(messages, CreateOptions(sample), attempt), token).ConfigureAwait(false);
                answers[sample] = response.Text;
            }).ConfigureAwait(false);
        }

        return AnswerDistribution.FromSamples(Rules, answers);
    }

    private ChatOptions? CreateOptions(int sample)
    {
        var options = _options.ChatOptions?.Clone();
        if (options?.Seed is { } seed)
            options.Seed = seed + sample;
        return options;
    }
}
