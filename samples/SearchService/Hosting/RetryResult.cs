using System.Globalization;

namespace SearchService;

/// <summary>An answer that says after how many seconds to come again.</summary>
internal sealed class RetryResult(IResult result, int seconds) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return result.ExecuteAsync(httpContext);
    }
}
