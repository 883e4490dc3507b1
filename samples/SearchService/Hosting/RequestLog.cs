using System.Diagnostics;
using Microsoft.AspNetCore.Diagnostics;

namespace SearchService;

/// <summary>A structured line per request: the route, not the address, in which the query stands.</summary>
internal sealed partial class RequestLog(ILogger<RequestLog> logger, ServiceSettings settings)
{
    internal async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var start = Stopwatch.GetTimestamp();
        await next(context);
        var route = ((context.Features.Get<IExceptionHandlerFeature>()?.Endpoint ?? context.GetEndpoint()) as RouteEndpoint)?.RoutePattern.RawText ?? "none";
        var milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        if (settings.LogQueries)
            LogAnsweredQuery(context.TraceIdentifier, context.Request.Method, route, context.Response.StatusCode, milliseconds, context.Request.QueryString.Value);
        else
            LogAnswered(context.TraceIdentifier, context.Request.Method, route, context.Response.StatusCode, milliseconds);
    }

    /// <summary>An error that is the service's own.</summary>
    internal void Failed(HttpContext context, Exception exception) => LogFailed(exception, context.TraceIdentifier);

    [LoggerMessage(1, LogLevel.Information, "{RequestId}: {Method} {Route} {Status} in {Milliseconds:0.0} ms")]
    private partial void LogAnswered(string requestId, string method, string route, int status, double milliseconds);

    [LoggerMessage(2, LogLevel.Information, "{RequestId}: {Method} {Route}{Query} {Status} in {Milliseconds:0.0} ms")]
    private partial void LogAnsweredQuery(string requestId, string method, string route, int status, double milliseconds, string? query);

    [LoggerMessage(3, LogLevel.Error, "{RequestId} failed")]
    private partial void LogFailed(Exception exception, string requestId);
}
