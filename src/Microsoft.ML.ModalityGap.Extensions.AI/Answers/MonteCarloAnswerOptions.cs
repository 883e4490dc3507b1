using Microsoft.Extensions.AI;

namespace Microsoft.ML.ModalityGap;

/// <summary>Options of <see cref="MonteCarloAnswerEstimator"/>.</summary>
public sealed record MonteCarloAnswerOptions
{
    /// <summary>The defaults: 10 × 10 answers, four at a time.</summary>
    public static MonteCarloAnswerOptions Default { get; } = new();

    /// <summary>How many rounds of samples. Default 10; at least 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public int Iterations
    {
        get;
        init => field = CheckCount(value, nameof(Iterations));
    } = 10;

    /// <summary>How many answers a round. Default 10, which with 10 rounds makes as many answers as ChaosNLI has judges a question; at least 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public int SamplesPerIteration
    {
        get;
        init => field = CheckCount(value, nameof(SamplesPerIteration));
    } = 10;

    /// <summary>How many requests may be under way at once. Default 4; at least 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public int MaxConcurrency
    {
        get;
        init => field = CheckCount(value, nameof(MaxConcurrency));
    } = 4;

    /// <summary>
    /// What each request asks for; cloned. Default <see langword="null"/>: the client's own. The temperature should be 1, which is most services' default, and a low limit of output
    /// tokens saves time, as the answer is in the first words. A seed is counted up from answer to answer.
    /// </summary>
    public ChatOptions? ChatOptions { get; init; }

    /// <summary>Timeouts and further tries. Default <see cref="RequestPolicy.Default"/>.</summary>
    /// <exception cref="ArgumentNullException">It is <see langword="null"/>.</exception>
    public RequestPolicy Requests
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Requests));
    } = RequestPolicy.Default;

    private static int CheckCount(int value, string parameterName) =>
        value >= 1 ? value : throw new ArgumentOutOfRangeException(parameterName, value, "At least one is needed.");
}
