using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace SearchService;

/// <summary>What a request may take of the machine: bytes (<see cref="BodyMemory"/>), time, its share of requests, and a place among those that are worked on (<see cref="WorkPlaces"/>).</summary>
internal static class Limits
{
    // What is read ahead of a connection; by default it would be 1 MB, for each of those that wait.
    private const int ConnectionBytes = 1 << 16;

    internal static void Configure(WebApplicationBuilder builder, ServiceSettings settings)
    {
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = settings.MaxBodyBytes;
            options.Limits.MaxConcurrentConnections = settings.MaxConnections;

            // Who sends more slowly than that only holds a connection. What is read ahead of a request stays in the network, but for so many bytes each.
            options.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 10_000, gracePeriod: TimeSpan.FromSeconds(3));
            options.Limits.MaxRequestBufferSize = ConnectionBytes;
            options.Limits.MaxRequestHeadersTotalSize = 1 << 14;
            options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            options.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(60);
        });
        builder.WebHost.UseSockets(options => options.MaxReadBufferSize = ConnectionBytes);
        builder.Services.AddRequestTimeouts(options => options.DefaultPolicy = new()
        {
            Timeout = TimeSpan.FromSeconds(settings.TimeoutSeconds),
            TimeoutStatusCode = StatusCodes.Status503ServiceUnavailable,
        });
        builder.Services.AddRateLimiter(options =>
        {
            options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, IPAddress>(context => RateLimitPartition.GetTokenBucketLimiter(
                context.Connection.RemoteIpAddress ?? IPAddress.None,
                _ => new TokenBucketRateLimiterOptions { TokenLimit = 2 * settings.MaxRequestsPerSecond, TokensPerPeriod = settings.MaxRequestsPerSecond, ReplenishmentPeriod = TimeSpan.FromSeconds(1) }));
            options.OnRejected = async (context, _) =>
            {
                var seconds = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)) : 1;
                await new RetryResult(
                    Results.Problem($"More than {settings.MaxRequestsPerSecond} requests a second came from one address; wait {seconds} s.", statusCode: StatusCodes.Status429TooManyRequests), seconds).ExecuteAsync(context.HttpContext);
            };
        });
        builder.Services.AddSingleton<BodyMemory>().AddSingleton<WorkPlaces>();
    }
}
