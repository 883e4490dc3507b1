using System.Threading.RateLimiting;

namespace SearchService;

/// <summary>How many requests are encoded and searched at once, and how many wait for that: a filter, since what a request sends has all come by then.</summary>
internal sealed class WorkPlaces(ServiceSettings settings) : IEndpointFilter, IDisposable
{
    private readonly ConcurrencyLimiter _places = new(
        new ConcurrencyLimiterOptions { PermitLimit = settings.MaxConcurrent, QueueLimit = settings.MaxWaiting, QueueProcessingOrder = QueueProcessingOrder.OldestFirst });

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        using var place = await _places.AcquireAsync(1, context.HttpContext.RequestAborted);
        return place.IsAcquired ? await next(context) : ServiceBusyException.Answer("Too many requests are waiting; try again in a moment.");
    }

    public void Dispose() => _places.Dispose();
}
