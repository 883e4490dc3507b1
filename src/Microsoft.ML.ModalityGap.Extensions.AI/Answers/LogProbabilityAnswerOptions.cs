namespace Microsoft.ML.ModalityGap;

/// <summary>Options of <see cref="LogProbabilityAnswerEstimator"/>.</summary>
public sealed record LogProbabilityAnswerOptions
{
    /// <summary>The defaults: the first token's five likeliest.</summary>
    public static LogProbabilityAnswerOptions Default { get; } = new();

    /// <summary>How many of the likeliest first tokens count. Default 5, the paper's; at least 1. Services have limits, often 5 or 20.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public int TopCount
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(TopCount), value, "At least one is needed.");
    } = 5;

    /// <summary>Timeouts and further tries. Default <see cref="RequestPolicy.Default"/>.</summary>
    /// <exception cref="ArgumentNullException">It is <see langword="null"/>.</exception>
    public RequestPolicy Requests
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Requests));
    } = RequestPolicy.Default;
}
