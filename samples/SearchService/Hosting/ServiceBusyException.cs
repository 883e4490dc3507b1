namespace SearchService;

/// <summary>There is no room for a request now; it is turned away with 503 and may come again.</summary>
internal sealed class ServiceBusyException(string reason) : Exception(reason)
{
    /// <summary>What is answered.</summary>
    internal static IResult Answer(string reason) => new RetryResult(Results.Problem(reason, statusCode: StatusCodes.Status503ServiceUnavailable), seconds: 1);
}
