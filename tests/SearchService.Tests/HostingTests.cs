using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace SearchService.Tests;

/// <summary>What strangers may send and get, and how the service says what is wrong with it.</summary>
[TestClass]
public class HostingTests
{
    private static RunningService s_service = null!;

    [ClassInitialize]
    public static async Task Start(TestContext context) => s_service = await RunningService.StartAsync();

    [ClassCleanup]
    public static async Task Stop() => await s_service.DisposeAsync();

    [TestMethod]
    [DataRow("/", 200)]
    [DataRow("/page.js", 200)]
    [DataRow("/images/image-1", 200)]
    [DataRow("/search?q=a+star", 200)]
    [DataRow("/search", 400)]
    [DataRow("/nothing", 404)]
    [DataRow("/classify", 405)]
    [DataRow("/health/live", 200)]
    public async Task Get_AnyAnswer_HasTheSecurityHeaders(string path, int status)
    {
        using var response = await s_service.Client.GetAsync(new Uri(path, UriKind.Relative));
        Assert.AreEqual(status, (int)response.StatusCode);
        CheckHeaders(response);
    }

    [TestMethod]
    public async Task Post_TooLargeOrNoImage_HasTheSecurityHeaders()
    {
        await using var service = await s_service.StartAnotherAsync("--max-body-bytes", "1000");
        foreach (var (bytes, status) in new[] { (1001, 413), (10, 400) })
        {
            using var content = new ByteArrayContent(new byte[bytes]);
            content.Headers.ContentType = new("image/png");
            using var response = await service.Client.PostAsync(new Uri("/search", UriKind.Relative), content);
            Assert.AreEqual(status, (int)response.StatusCode);
            CheckHeaders(response);
        }
    }

    [TestMethod]
    public async Task Page_HasNoScriptOrStyleInItself_AndLoadsNothingFromElsewhere()
    {
        var page = await s_service.Client.GetStringAsync(new Uri("/", UriKind.Relative));
        Assert.DoesNotContain("<style", page);
        Assert.DoesNotContain(" style=", page);
        Assert.DoesNotContain(" onclick", page);
        Assert.Contains("<script src=\"/page.js\" defer></script>", page);
        Assert.AreEqual(1, page.Split("<script").Length - 1);
        foreach (var file in new[] { "/", "/page.js", "/page.css" })
        {
            var text = await s_service.Client.GetStringAsync(new Uri(file, UriKind.Relative));
            Assert.DoesNotContain("http://", text);
            Assert.DoesNotContain("https://", text);
        }
    }

    [TestMethod]
    [DataRow("evil.example", 400)]
    [DataRow("localhost", 200)]
    public async Task Get_Host_MustBeAllowed(string host, int status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/about", UriKind.Relative));
        request.Headers.Host = host;
        using var response = await s_service.Client.SendAsync(request);
        Assert.AreEqual(status, (int)response.StatusCode);
        CheckHeaders(response);
    }

    [TestMethod]
    public async Task Get_AllowedHosts_AreAnOption()
    {
        await using var service = await s_service.StartAnotherAsync("--allowed-hosts", "photos.example");
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/about", UriKind.Relative));
        request.Headers.Host = "photos.example";
        using var response = await service.Client.SendAsync(request);
        Assert.AreEqual(HttpStatusCode.OK, response.StatusCode);
        using var other = await service.Client.GetAsync(new Uri("/about", UriKind.Relative));
        Assert.AreEqual(HttpStatusCode.BadRequest, other.StatusCode);
    }

    [TestMethod]
    public async Task Get_Error_NamesTheRequest()
    {
        using var response = await s_service.Client.GetAsync(new Uri("/search?q=a&k=0", UriKind.Relative));
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        var id = response.Headers.GetValues("X-Request-Id").Single();
        Assert.AreEqual(id, problem.GetProperty("requestId").GetString());
        Assert.IsTrue(await AppearsAsync(() => s_service.Log.Any(line => line.Contains(id, StringComparison.Ordinal) && line.Contains("/search 400", StringComparison.Ordinal))), "the log names it, too");
    }

    [TestMethod]
    public async Task Get_Anything_LogsNoQuery()
    {
        await using var service = await s_service.StartAnotherAsync();
        foreach (var path in new[] { "/search?q=secretword", "/search?q=secretword&k=0", "/search?q=secretword&modality=secretword", "/nothing?q=secretword" })
        {
            using var response = await service.Client.GetAsync(new Uri(path, UriKind.Relative));
        }

        Assert.IsTrue(await AppearsAsync(() => service.Log.Count(line => line.Contains("RequestLog", StringComparison.Ordinal)) == 4), string.Join('\n', service.Log));
        Assert.DoesNotContain("secretword", string.Join('\n', service.Log));

        await using var telling = await s_service.StartAnotherAsync("--log-queries", "true");
        using var told = await telling.Client.GetAsync(new Uri("/search?q=secretword", UriKind.Relative));
        Assert.IsTrue(await AppearsAsync(() => telling.Log.Any(line => line.Contains("/search?q=secretword 200", StringComparison.Ordinal))), string.Join('\n', telling.Log));
    }

    [TestMethod]
    public async Task Get_MoreThanTheRate_IsTurnedAwayAndTakenLater()
    {
        // Two in the first second and one in each that follows: the slowest machine answers forty sooner.
        await using var service = await s_service.StartAnotherAsync("--max-requests-per-second", "1");
        using var first = await service.Client.GetAsync(new Uri("/health/live", UriKind.Relative));
        Assert.AreEqual(HttpStatusCode.OK, first.StatusCode);
        var answers = await Task.WhenAll(Enumerable.Range(0, 39).Select(_ => service.Client.GetAsync(new Uri("/health/live", UriKind.Relative))));
        var refused = answers.FirstOrDefault(answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        Assert.IsNotNull(refused);
        Assert.AreEqual("application/problem+json", refused.Content.Headers.ContentType!.MediaType);
        CheckHeaders(refused);
        Assert.IsGreaterThanOrEqualTo(1, (int)refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds);
        Assert.IsTrue(await AppearsAsync(async () => (await service.Client.GetAsync(new Uri("/health/live", UriKind.Relative))).StatusCode == HttpStatusCode.OK), "tokens come back");
    }

    [TestMethod]
    public async Task Post_SlowBody_IsCutOff()
    {
        // Some bytes of a large body, and then none: Kestrel waits its grace of seconds and no longer.
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", s_service.Client.BaseAddress!.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes("POST /search HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\nContent-Length: 1000000\r\n\r\nabc"));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync(limit.Token);
        Assert.StartsWith("HTTP/1.1 408", answer);
        Assert.Contains("Content-Security-Policy", answer);
    }

    /// <summary>36 bytes and 21 KB that ask for 169 and 179 million pixels. None of them is decoded, however many come at once, and the honest are answered meanwhile.</summary>
    [TestMethod]
    [DataRow("g13000.gif", "13000 × 13000")]
    [DataRow("b13377.png", "13377 × 13377")]
    public async Task Post_ImagesOfFarTooManyPixels_AreRefusedWithoutDecoding(string file, string size)
    {
        var image = await File.ReadAllBytesAsync(Path.Combine("Faults", file));
        var before = GC.GetTotalAllocatedBytes();
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => s_service.PostAsync(i % 2 == 0 ? "/search" : "/classify?class=a&class=b", image, "image/png")));
        foreach (var (status, body) in answers)
        {
            Assert.AreEqual(400, status);
            Assert.Contains(size, body.GetProperty("detail").GetString()!);
            Assert.Contains("24000000 are allowed", body.GetProperty("detail").GetString()!);
        }

        // One decoded image would be 676 MB; other tests run beside this one.
        Assert.IsLessThan(500L << 20, GC.GetTotalAllocatedBytes() - before);
    }

    [TestMethod]
    public async Task Post_MoreImagesThanTheirPixelsMayBeInMemory_AreAllAnswered()
    {
        await using var service = await s_service.StartAnotherAsync("--max-pixels", "40000", "--max-pixels-in-flight", "40000");
        var pair = RunningService.Pairs.Shown[0];
        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => service.PostAsync("/search?k=1", pair.Image, "image/png")));
        foreach (var (status, body) in answers)
            Assert.AreEqual(200, status, body.ToString());
    }

    [TestMethod]
    public void Create_FewerPixelsInFlightThanOneImageMayHave_IsRefused() => Assert.Contains(
        "would wait for ever", Assert.ThrowsExactly<ArgumentException>(() => SearchServiceApp.Create(["--max-pixels", "1000", "--max-pixels-in-flight", "999"])).Message);

    /// <summary>Connections that state large bodies and send as much as is taken from them: what all of them hold is bounded, and others are answered.</summary>
    [TestMethod]
    public async Task Post_ManyBodiesHeldOpen_TakeBoundedMemory()
    {
        await using var service = await s_service.StartAnotherAsync("--max-concurrent", "2", "--max-body-bytes-in-flight", $"{16 << 20}");
        var clients = new List<TcpClient>();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        try
        {
            for (var i = 0; i < 100; i++)
            {
                var client = new TcpClient { SendBufferSize = 1 << 14 };
                clients.Add(client);
                await client.ConnectAsync("127.0.0.1", service.Client.BaseAddress!.Port);
                var stream = client.GetStream();
                await stream.WriteAsync(BeginPost(bodyBytes: 4_000_000));

                // Until it is not taken any more.
                using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
                try
                {
                    for (var sent = 0; sent < 3_000_000; sent += 1 << 14)
                        await stream.WriteAsync(new byte[1 << 14], stop.Token);
                }
                catch (Exception exception) when (exception is OperationCanceledException or IOException)
                {
                }
            }

            Assert.AreEqual("ok", (await service.GetAsync("/health/live")).GetProperty("status").GetString());
            Assert.IsLessThanOrEqualTo(16L << 20, service.BodyMemory.Bytes);
            Assert.IsLessThan(64L << 20, GC.GetTotalMemory(forceFullCollection: true) - before);
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }

    /// <summary>A hundred bodies that stop coming, and one place among those that are worked on: whoever sends all is answered while each of the hundred still waits to be cut off.</summary>
    [TestMethod]
    public async Task Post_HundredSlowBodies_KeepNobodyWaiting()
    {
        await using var service = await s_service.StartAnotherAsync("--max-concurrent", "1", "--max-waiting", "1", "--timeout-seconds", "600");
        using var slow = await SlowBodies.SendAsync(service.Client.BaseAddress!.Port, count: 100);
        Assert.IsTrue(await AppearsAsync(() => service.BodyMemory.Bytes >= 100 * SlowBodies.SentBytes));
        var (status, body) = await service.PostAsync("/search?k=1", RunningService.Pairs.Shown[0].Image, "image/png");
        Assert.AreEqual(200, status, body.ToString());
        Assert.AreEqual(1, (await service.GetAsync("/search?q=a+star&k=1")).GetProperty("results").GetArrayLength());
        Assert.AreEqual(100, slow.CountWaiting());
    }

    /// <summary>Where memory is short, those that have been coming for longest give way, and are told so; those that came last and the honest are not.</summary>
    [TestMethod]
    public async Task Post_MoreBodiesThanMemory_TheOldestGiveWay()
    {
        await using var service = await s_service.StartAnotherAsync("--max-body-bytes-in-flight", $"{8 << 20}", "--timeout-seconds", "600");
        using var slow = await SlowBodies.SendAsync(service.Client.BaseAddress!.Port, count: 20);
        Assert.IsTrue(await AppearsAsync(() => slow.CountWaiting() < 10));

        // On a busy machine bodies come in another order than they were sent in.
        var answer = await slow.ReadAnswerAsync(slow.FindAnswered());
        var (status, body) = await service.PostAsync("/search?k=1", RunningService.Pairs.Shown[0].Image, "image/png");
        Assert.AreEqual(200, status, body.ToString());
        Assert.IsGreaterThan(2, slow.CountWaiting());
        Assert.StartsWith("HTTP/1.1 503", answer);
        Assert.Contains("had to give way", answer);
        Assert.Contains("Retry-After: 1", answer);
        Assert.Contains("Content-Security-Policy", answer);
    }

    [TestMethod]
    public void Create_FewerBytesInFlightThanOneBodyMayHave_IsRefused() => Assert.Contains(
        "would never be taken in", Assert.ThrowsExactly<ArgumentException>(() => SearchServiceApp.Create(["--max-body-bytes", "1000", "--max-body-bytes-in-flight", "999"])).Message);

    private static byte[] BeginPost(int bodyBytes) => Encoding.ASCII.GetBytes($"POST /search HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\nContent-Length: {bodyBytes}\r\n\r\n");

    /// <summary>Connections on which a part of a body came and no more does: so much at first that its rate is high enough for two minutes.</summary>
    private sealed class SlowBodies : IDisposable
    {
        internal const int SentBytes = 1_200_000;

        private const string LastChunk = "\r\n0\r\n\r\n";

        private readonly List<TcpClient> _clients = [];

        internal static async Task<SlowBodies> SendAsync(int port, int count)
        {
            var bodies = new SlowBodies();
            for (var i = 0; i < count; i++)
            {
                var client = new TcpClient();
                bodies._clients.Add(client);
                await client.ConnectAsync("127.0.0.1", port);
                await client.GetStream().WriteAsync(BeginPost(bodyBytes: SentBytes + 50_000));
                await client.GetStream().WriteAsync(new byte[SentBytes]);
            }

            return bodies;
        }

        /// <summary>How many have got no answer.</summary>
        internal int CountWaiting() => _clients.Count(client => client.Available == 0);

        internal int FindAnswered() => _clients.FindIndex(client => client.Available > 0);

        internal async Task<string> ReadAnswerAsync(int number)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            var (answer, buffer) = (new StringBuilder(), new byte[4096]);
            var stream = _clients[number].GetStream();
            while (!answer.ToString().EndsWith(LastChunk, StringComparison.Ordinal))
            {
                var read = await stream.ReadAsync(buffer, limit.Token);
                Assert.AreNotEqual(0, read, answer.ToString());
                answer.Append(Encoding.ASCII.GetString(buffer, 0, read));
            }

            return answer.ToString();
        }

        public void Dispose() => _clients.ForEach(client => client.Dispose());
    }

    /// <summary>Files that are whole, each for itself, but not of one gallery.</summary>
    [TestMethod]
    [DataRow("an item without an index row", "gallery.json")]
    [DataRow("no items", "gallery.json")]
    [DataRow("the raw index in the closed one's place", "closed.index")]
    public async Task Start_GalleryOfPartsThatDoNotGoTogether_SaysSo(string fault, string file)
    {
        await using var service = await RunningService.StartDamagedAsync(gallery =>
        {
            var description = Path.Combine(gallery, "gallery.json");
            if (file == "closed.index")
                File.Copy(Path.Combine(gallery, "raw.index"), Path.Combine(gallery, file), overwrite: true);
            else if (fault == "no items")
                File.WriteAllText(description, "{\"Name\":\"x\",\"LogitScale\":10}");
            else
                File.WriteAllText(description, File.ReadAllText(description).Replace("image-0\"", "image-0000\"", StringComparison.Ordinal));
        });
        using var response = await service.Client.GetAsync(new Uri("/health/ready", UriKind.Relative));
        Assert.AreEqual(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        var detail = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString()!;
        if (file == "gallery.json")
            Assert.Contains(file, detail);
        else
            Assert.Contains("mapped with", detail);
    }

    [TestMethod]
    [DataRow("closed.index")]
    [DataRow("text-model.zip")]
    [DataRow("gallery.json")]
    public async Task Start_DamagedGallery_IsAliveAndSaysWhyItIsNotReady(string file)
    {
        await using var service = await RunningService.StartDamagedAsync(gallery =>
        {
            var path = Path.Combine(gallery, file);
            File.WriteAllBytes(path, File.ReadAllBytes(path)[..^100]);
        });
        using var live = await service.Client.GetAsync(new Uri("/health/live", UriKind.Relative));
        Assert.AreEqual(HttpStatusCode.OK, live.StatusCode);
        using var page = await service.Client.GetAsync(new Uri("/", UriKind.Relative));
        Assert.AreEqual(HttpStatusCode.OK, page.StatusCode);
        foreach (var path in new[] { "/health/ready", "/about", "/search?q=a+star", "/images/image-1" })
        {
            using var response = await service.Client.GetAsync(new Uri(path, UriKind.Relative));
            Assert.AreEqual(HttpStatusCode.ServiceUnavailable, response.StatusCode, path);
            CheckHeaders(response);
            var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
            Assert.Contains(file, problem.GetProperty("detail").GetString()!, path);
        }
    }

    [TestMethod]
    public async Task Start_GoodGallery_IsReady() => Assert.AreEqual("ok", (await s_service.GetAsync("/health/ready")).GetProperty("status").GetString());

    private static void CheckHeaders(HttpResponseMessage response)
    {
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'none'", policy);
        Assert.Contains("script-src 'self'", policy);
        Assert.Contains("frame-ancestors 'none'", policy);
        Assert.DoesNotContain("unsafe-inline", policy);
        Assert.AreEqual("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.AreEqual("DENY", response.Headers.GetValues("X-Frame-Options").Single());
        Assert.AreEqual("no-referrer", response.Headers.GetValues("Referrer-Policy").Single());
        Assert.IsFalse(response.Headers.Contains("Server"));
    }

    private static Task<bool> AppearsAsync(Func<bool> condition) => AppearsAsync(() => Task.FromResult(condition()));

    /// <summary>Whether something comes to hold; what waits for no event is asked again.</summary>
    private static async Task<bool> AppearsAsync(Func<Task<bool>> condition)
    {
        for (var attempt = 0; attempt < 2400; attempt++)
        {
            if (await condition())
                return true;
            await Task.Delay(50);
        }

        return false;
    }
}
