using System.Net;
using Microsoft.Extensions.AI;

namespace Documentation.Tests;

/// <summary>A language model with one opinion, over <see cref="IChatClient"/> and over HTTP.</summary>
public sealed class SayingNeutral : IChatClient
{
    public static HttpClient CreateHttpClient() => new(new Handler());

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, "neutral")));

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }

    private sealed class Handler : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK)
        {
            Content = new StringContent("""{"choices":[{"logprobs":{"content":[{"top_logprobs":[{"token":"neutral","logprob":-0.2},{"token":"entailment","logprob":-2.0}]}]}}]}"""),
        });
    }
}
