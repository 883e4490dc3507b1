using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Microsoft.ML.ModalityGap;

/// <summary>The likeliest first tokens from a service with OpenAI's shape of chat completions, as many local servers have it, too.</summary>
/// <remarks>
/// Sends <c>POST {endpoint}/chat/completions</c> with <c>temperature 0</c>, <c>max_tokens 1</c>, <c>logprobs true</c> and <c>top_logprobs n</c>, and reads
/// <c>choices[0].logprobs.content[0].top_logprobs[].token</c> and <c>.logprob</c>. Headers such as the authorisation are the client's. Thread-safe.
/// </remarks>
public sealed class OpenAICompatibleTokenSource
{
    /// <summary>Far more than one token takes; a server that sends on and on fills no memory.</summary>
    private const int MaxResponseLength = 1 << 20;

    private const int QuotedLength = 300;

    private readonly HttpClient _client;
    private readonly Uri _address;
    private readonly string _model;

    /// <summary>Creates the source.</summary>
    /// <param name="client">The client; not disposed.</param>
    /// <param name="endpoint">The absolute address that <c>chat/completions</c> is under, such as <c>http://localhost:8080/v1</c>.</param>
    /// <param name="model">The model's name at the service.</param>
    /// <exception cref="ArgumentException">The address is not absolute, or the name is empty.</exception>
    public OpenAICompatibleTokenSource(HttpClient client, Uri endpoint, string model)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentException.ThrowIfNullOrEmpty(model);
        if (!endpoint.IsAbsoluteUri)
            throw new ArgumentException($"'{endpoint}' is not an absolute address.", nameof(endpoint));
        (_client, _model) = (client, model);
        _address = new Uri(endpoint.AbsoluteUri.TrimEnd('/') + "/chat/completions");
    }

    /// <summary>Asks for the first token of a greedy answer and its likeliest alternatives; a <see cref="FirstTokenSource"/>.</summary>
    /// <param name="messages">The question, of text alone.</param>
    /// <param name="topCount">How many tokens are wanted.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="ArgumentException">A message has contents other than text.</exception>
    /// <exception cref="HttpRequestException">There is no connection, or the server refuses.</exception>
    /// <exception cref="InvalidDataException">What the server sends is too long, no JSON, or has no log-probabilities where they belong.</exception>
    public async Task<IReadOnlyList<TokenLogProbability>> GetFirstTokensAsync(IReadOnlyList<ChatMessage> messages, int topCount, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(topCount);
        using var request = new HttpRequestMessage(HttpMethod.Post, _address) { Content = JsonContent.Create(CreateBody(messages, topCount)) };
        using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        var text = await ReadAsync(response, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
            throw new RetryAfterException($"The server at {_address} refused with {(int)response.StatusCode}: {Quote(text)}", response.StatusCode, GetDelay(response));
        return Parse(text);
    }

    private JsonObject CreateBody(IReadOnlyList<ChatMessage> messages, int topCount) => new()
    {
        ["model"] = _model,
        ["messages"] = new JsonArray([.. messages.Select(CreateMessage)]),
        ["temperature"] = 0,
        ["max_tokens"] = 1,
        ["logprobs"] = true,
        ["top_logprobs"] = topCount,
    };

    private static JsonObject CreateMessage(ChatMessage message) => message.Contents.All(content => content is TextContent)
        ? new JsonObject { ["role"] = message.Role.Value, ["content"] = message.Text }
        : throw new ArgumentException($"A message of the {message.Role} has contents other than text, which this source does not send.", nameof(message));

    private async Task<string> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var buffer = new byte[8192];
            using var content = new MemoryStream();
            while (await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var count)
            {
                content.Write(buffer, 0, count);
                if (content.Length > MaxResponseLength)
                    throw new InvalidDataException($"The server at {_address} sent more than {MaxResponseLength} bytes for one token.");
            }

            return System.Text.Encoding.UTF8.GetString(content.GetBuffer(), 0, (int)content.Length);
        }
    }

    private static TimeSpan? GetDelay(HttpResponseMessage response)
    {
        var delay = response.Headers.RetryAfter is { } header ? header.Delta ?? header.Date - DateTimeOffset.UtcNow : null;
        return delay < TimeSpan.Zero ? TimeSpan.Zero : delay;
    }

    private IReadOnlyList<TokenLogProbability> Parse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var first = document.RootElement.GetProperty("choices")[0].GetProperty("logprobs").GetProperty("content")[0];
            return [.. first.GetProperty("top_logprobs").EnumerateArray().Select(token =>
                new TokenLogProbability(token.GetProperty("token").GetString() ?? "", token.GetProperty("logprob").GetDouble()))];
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or IndexOutOfRangeException or FormatException)
        {
            throw new InvalidDataException(
                $"The server at {_address} sent no log-probabilities: expected choices[0].logprobs.content[0].top_logprobs, found {Quote(text)} "
                + $"Take a model of the service's that supports 'logprobs', or {nameof(MonteCarloAnswerEstimator)}.",
                exception);
        }
    }

    private static string Quote(string text) => text.Length switch
    {
        0 => "an empty answer.",
        <= QuotedLength => $"'{text}'.",
        _ => $"'{text[..QuotedLength]}…'.",
    };
}
