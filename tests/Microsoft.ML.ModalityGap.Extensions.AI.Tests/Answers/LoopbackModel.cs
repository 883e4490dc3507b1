using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Microsoft.ML.ModalityGap.Tests.Answers;

/// <summary>A small language model server with OpenAI's shape of chat completions on a port of this machine: what it answers is up to the test.</summary>
internal sealed class LoopbackModel : IDisposable
{
    private readonly HttpListener _listener;
    private readonly Func<int, JsonObject, HttpListenerResponse, Task> _answer;
    private readonly CancellationTokenSource _stopped = new();
    private int _requests;
    private int _underWay;

    private LoopbackModel(Func<int, JsonObject, HttpListenerResponse, Task> answer)
    {
        _answer = answer;
        (_listener, Endpoint) = Listen();
        _ = ServeAsync();
    }

    public Uri Endpoint { get; }

    public HttpClient Http { get; } = new();

    public int Requests => _requests;

    /// <summary>The largest number of requests of the chat client that were under way at once, as it counts them: the server still has to do with one whose answer has come.</summary>
    public int Peak { get; private set; }

    /// <summary>What was asked, in the order it came.</summary>
    public List<JsonObject> Bodies { get; } = [];

    /// <summary>Answers the i-th request with the i-th text, over and over.</summary>
    public static LoopbackModel Saying(params string[] texts) => new((index, _, response) => WriteAsync(response, CreateText(texts[index % texts.Length])));

    /// <summary>Answers with these first tokens.</summary>
    public static LoopbackModel WithTokens(params (string Token, double LogProbability)[] tokens) => new((_, _, response) => WriteAsync(response, CreateTokens(tokens)));

    /// <summary>Answers with a body of any kind.</summary>
    public static LoopbackModel Sending(string body, int status = 200) => new((_, _, response) => WriteAsync(response, body, status));

    public static LoopbackModel Answering(Func<int, JsonObject, HttpListenerResponse, Task> answer) => new(answer);

    public static string CreateText(string text) =>
        new JsonObject { ["choices"] = new JsonArray(new JsonObject { ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = text } }) }.ToJsonString();

    public static string CreateTokens(params (string Token, double LogProbability)[] tokens)
    {
        var top = new JsonArray([.. tokens.Select(token => new JsonObject { ["token"] = token.Token, ["logprob"] = token.LogProbability, ["bytes"] = null })]);
        var content = new JsonArray(new JsonObject { ["token"] = tokens[0].Token, ["logprob"] = tokens[0].LogProbability, ["top_logprobs"] = top });
        return new JsonObject { ["choices"] = new JsonArray(new JsonObject { ["logprobs"] = new JsonObject { ["content"] = content } }) }.ToJsonString();
    }

    public static async Task WriteAsync(HttpListenerResponse response, string body, int status = 200)
    {
        response.StatusCode = status;
        response.ContentType = "application/json";
        await response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body));
        response.Close();
    }

    public IChatClient CreateChatClient() => new ChatClient(this);

    public OpenAICompatibleTokenSource CreateTokenSource() => new(Http, Endpoint, "tiny");

    public void Dispose()
    {
        _stopped.Cancel();
        Http.Dispose();
        _listener.Close();
        _stopped.Dispose();
    }

    /// <summary>A request that is never answered, until the server stops.</summary>
    public Task HangAsync() => Task.Delay(Timeout.Infinite, _stopped.Token);

    /// <summary>Listens at a port of this machine's choice; another program may have been given it before this listens there, and then at another.</summary>
    private static (HttpListener Listener, Uri Endpoint) Listen()
    {
        for (var attempt = 1; ; attempt++)
        {
            int port;
            using (var probe = new TcpListener(IPAddress.Loopback, 0))
            {
                probe.Start();
                port = ((IPEndPoint)probe.LocalEndpoint).Port;
            }

            var endpoint = new Uri($"http://127.0.0.1:{port}/v1");
            var listener = new HttpListener { Prefixes = { endpoint.AbsoluteUri + "/" } };
            try
            {
                listener.Start();
                return (listener, endpoint);
            }
            catch (HttpListenerException) when (attempt < 20)
            {
                listener.Close();
            }
        }
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            _ = Task.Run(async () =>
            {
                var body = (JsonObject)(await JsonNode.ParseAsync(context.Request.InputStream))!;
                int index;
                lock (Bodies)
                {
                    Bodies.Add(body);
                    index = _requests++;
                }

                try
                {
                    await _answer(index, body, context.Response);
                }
                catch (OperationCanceledException)
                {
                    context.Response.Abort();
                }
            });
        }
    }

    /// <summary>A client of the server as an application's own would be.</summary>
    private sealed class ChatClient(LoopbackModel server) : IChatClient
    {
        public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            lock (server.Bodies)
                server.Peak = Math.Max(server.Peak, ++server._underWay);
            try
            {
                var body = new JsonObject { ["messages"] = new JsonArray([.. messages.Select(message => new JsonObject { ["content"] = message.Text })]) };
                if (options?.Seed is { } seed)
                    body["seed"] = seed;
                using var response = await server.Http.PostAsJsonAsync(server.Endpoint + "/chat/completions", body, cancellationToken);
                response.EnsureSuccessStatusCode();
                using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync(cancellationToken));
                return new ChatResponse(new ChatMessage(ChatRole.Assistant, document.RootElement.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()));
            }
            finally
            {
                lock (server.Bodies)
                    server._underWay--;
            }
        }

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException("Nothing here streams.");

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
