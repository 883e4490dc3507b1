using System.Net;

namespace Microsoft.ML.ModalityGap;

/// <summary>How long to wait for a language model, and when to ask again.</summary>
public sealed record RequestPolicy
{
    /// <summary>The defaults: a minute a request, five more tries of what may pass, after 1 to 60 seconds.</summary>
    public static RequestPolicy Default { get; } = new();

    /// <summary>How long one try may take. Default one minute; positive.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive, or longer than a timer can be.</exception>
    public TimeSpan Timeout
    {
        get;
        init => field = Check(value, nameof(Timeout), allowsZero: false);
    } = TimeSpan.FromMinutes(1);

    /// <summary>How often a request is tried again. Default 5; at least 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public int RetryCount
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(RetryCount), value, "The number cannot be negative.");
    } = 5;

    /// <summary>
    /// The wait before the first further try; each one after it waits twice as long, and all are shortened by chance down to half, so that requests do not come back together.
    /// Default one second. What a server asks for with <c>Retry-After</c> comes before it, where it is known.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative, or longer than a timer can be.</exception>
    public TimeSpan FirstDelay
    {
        get;
        init => field = Check(value, nameof(FirstDelay), allowsZero: true);
    } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait between two tries. Default one minute.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative, or longer than a timer can be.</exception>
    public TimeSpan LongestDelay
    {
        get;
        init => field = Check(value, nameof(LongestDelay), allowsZero: true);
    } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Whether what went wrong may pass. Default <see cref="IsTransient"/>. Clients have exceptions of their own for a rate limit: name yours here.
    /// </summary>
    /// <exception cref="ArgumentNullException">It is <see langword="null"/>.</exception>
    public Func<Exception, bool> ShouldRetry
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(ShouldRetry));
    } = IsTransient;

    /// <summary>Whether it is a timeout, a broken connection, a rate limit (429) or an error of the server's own (408, 5xx).</summary>
    /// <param name="exception">What went wrong.</param>
    public static bool IsTransient(Exception exception) => exception switch
    {
        HttpRequestException { StatusCode: { } status } => status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)status >= 500,
        HttpRequestException or TimeoutException or IOException => true,
        _ => false,
    };

    /// <exception cref="TimeoutException">The last try took too long.</exception>
    internal async Task<T> SendAsync<T>(Func<CancellationToken, Task<T>> request, CancellationToken cancellationToken)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                return await SendOnceAsync(request, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (tries < RetryCount && !cancellationToken.IsCancellationRequested && ShouldRetry(exception))
            {
                await Task.Delay(GetDelay(tries, exception), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<T> SendOnceAsync<T>(Func<CancellationToken, Task<T>> request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Timeout);
        try
        {
            // A client that takes no notice of the token is left behind; what becomes of its request nobody waits for.
            var task = request(deadline.Token);
            _ = task.ContinueWith(static failed => _ = failed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            return await task.WaitAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The model did not answer within {Timeout}. Raise {nameof(RequestPolicy)}.{nameof(Timeout)}, or ask it less at once.", exception);
        }
    }

    private TimeSpan GetDelay(int tries, Exception exception)
    {
        var delay = exception is RetryAfterException { Delay: { } asked } ? asked : FirstDelay * Math.Pow(2, Math.Min(tries, 30)) * (0.5 + Random.Shared.NextDouble() / 2);
        return delay < LongestDelay ? delay : LongestDelay;
    }

    private static TimeSpan Check(TimeSpan value, string parameterName, bool allowsZero) =>
        value.TotalMilliseconds <= int.MaxValue && (value > TimeSpan.Zero || (allowsZero && value == TimeSpan.Zero))
            ? value
            : throw new ArgumentOutOfRangeException(parameterName, value, $"{(allowsZero ? "Not negative" : "Positive")}, and at most {TimeSpan.FromMilliseconds(int.MaxValue)}.");
}
