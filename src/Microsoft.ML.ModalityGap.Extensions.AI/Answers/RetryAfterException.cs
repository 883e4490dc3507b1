using System.Net;

namespace Microsoft.ML.ModalityGap;

/// <summary>A refused request, with what the server said about trying again.</summary>
internal sealed class RetryAfterException(string message, HttpStatusCode status, TimeSpan? delay) : HttpRequestException(message, null, status)
{
    /// <summary>How long the server asks to wait; <see langword="null"/> where it says nothing.</summary>
    internal TimeSpan? Delay { get; } = delay;
}
