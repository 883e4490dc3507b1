using System.Diagnostics;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;

namespace SearchService.Tests;

/// <summary>A headless Chromium, driven over its DevTools protocol: what a person sees and does with keys alone.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private static readonly JsonSerializerOptions _withoutNulls = new() { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull };

    private readonly Process _process;
    private readonly string _profile;
    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[1 << 16];
    private string? _shown;
    private int _number;

    private Browser(Process process, string profile) => (_process, _profile) = (process, profile);

    /// <summary>Opens a page; inconclusive where there is no Chromium.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="width">Of the window, in pixels.</param>
    /// <param name="isDark">Whether dark colours are preferred.</param>
    public static async Task<Browser> OpenAsync(string address, int width = 1280, bool isDark = false)
    {
        var program = new[] { "chromium", "chromium-browser", "google-chrome" }
            .SelectMany(name => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
        if (program is null)
            Assert.Inconclusive("This test needs Chromium.");
        var profile = Directory.CreateTempSubdirectory("modality-gap-browser-").FullName;
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { "--headless", "--no-sandbox", "--disable-gpu", $"--user-data-dir={profile}", "--remote-debugging-port=0", "about:blank" })
            start.ArgumentList.Add(argument);
        var browser = new Browser(Process.Start(start)!, profile);
        try
        {
            await browser.ConnectAsync();
            await browser.SendAsync("Emulation.setDeviceMetricsOverride", new { width, height = 900, deviceScaleFactor = 1, mobile = false });
            await browser.SendAsync("Emulation.setEmulatedMedia", new { features = new[] { new { name = "prefers-color-scheme", value = isDark ? "dark" : "light" } } });
            await browser.GoToAsync(address);
            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    /// <summary>What an expression is, as text.</summary>
    public async Task<string> EvaluateAsync(string expression)
    {
        var answer = await SendAsync("Runtime.evaluate", new { expression = $"String({expression})", awaitPromise = true });
        return answer.GetProperty("result").TryGetProperty("value", out var value) ? value.GetString()! : answer.ToString();
    }

    /// <summary>Waits until an expression is true.</summary>
    public async Task WaitAsync(string condition)
    {
        for (var attempt = 0; attempt < 2400; attempt++)
        {
            if (await EvaluateAsync(condition) == "true")
                return;
            await Task.Delay(50);
        }

        Assert.Fail($"{condition} never came true; the page says: {await EvaluateAsync("document.body.innerText")}");
    }

    /// <summary>Presses a key: Tab, Enter, Space, or one of a text's.</summary>
    public async Task PressAsync(string key)
    {
        var (code, text) = key switch { "Tab" => (9, null), "Enter" => (13, "\r"), "Space" => (32, " "), _ => (0, key) };
        var name = key == "Space" ? " " : key;
        await SendAsync("Input.dispatchKeyEvent", new { type = text is null ? "rawKeyDown" : "keyDown", key = name, code = key, windowsVirtualKeyCode = code, text });
        await SendAsync("Input.dispatchKeyEvent", new { type = "keyUp", key = name, code = key, windowsVirtualKeyCode = code });
    }

    /// <summary>Goes on with Tab until an element has the focus.</summary>
    public async Task TabToAsync(string selector)
    {
        for (var i = 0; i < 40; i++)
        {
            await PressAsync("Tab");
            if (await EvaluateAsync($"document.activeElement.matches({JsonSerializer.Serialize(selector)})") == "true")
                return;
        }

        Assert.Fail($"'{selector}' cannot be reached by Tab.");
    }

    /// <summary>Selects all of a field and types something else.</summary>
    public async Task TypeAsync(string text)
    {
        await EvaluateAsync("document.activeElement.select()");
        await SendAsync("Input.insertText", new { text });
    }

    /// <summary>Puts a file into a file field, as the system's dialogue would.</summary>
    public async Task ChooseFileAsync(string selector, string path)
    {
        var node = (await SendAsync("DOM.getDocument", new { })).GetProperty("root").GetProperty("nodeId").GetInt32();
        var field = (await SendAsync("DOM.querySelector", new { nodeId = node, selector })).GetProperty("nodeId").GetInt32();
        await SendAsync("DOM.setFileInputFiles", new { files = new[] { path }, nodeId = field });
    }

    /// <summary>Keeps a picture of the whole page where MODALITY_GAP_SCREENSHOTS names a folder, to be looked at.</summary>
    public async Task KeepScreenshotAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("MODALITY_GAP_SCREENSHOTS") is not { Length: > 0 } folder)
            return;
        var picture = await SendAsync("Page.captureScreenshot", new { captureBeyondViewport = true });
        File.WriteAllBytes(Path.Combine(folder, name + ".png"), picture.GetProperty("data").GetBytesFromBase64());
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        for (var attempt = 0; attempt < 20 && Directory.Exists(_profile); attempt++)
        {
            try
            {
                Directory.Delete(_profile, recursive: true);
            }
            catch (IOException)
            {
                await Task.Delay(100); // its helpers write until they are gone
            }
        }
    }

    private async Task ConnectAsync()
    {
        _ = _process.StandardError.ReadToEndAsync();
        _ = _process.StandardOutput.ReadToEndAsync();
        await _socket.ConnectAsync(await FindPageAsync(), CancellationToken.None);
    }

    /// <summary>The address of the first page. Chromium says its port in a file of the profile, and answers there before it has one.</summary>
    private async Task<Uri> FindPageAsync()
    {
        var file = Path.Combine(_profile, "DevToolsActivePort");
        using var client = new HttpClient();
        for (var attempt = 0; attempt < 2400; attempt++)
        {
            if (File.Exists(file) && await File.ReadAllLinesAsync(file) is [var port, _, ..])
            {
                var targets = await client.GetFromJsonAsync<JsonElement>($"http://127.0.0.1:{port}/json");
                foreach (var page in targets.EnumerateArray().Where(target => target.GetProperty("type").GetString() == "page"))
                    return new Uri(page.GetProperty("webSocketDebuggerUrl").GetString()!);
            }

            await Task.Delay(50);
        }

        throw new TimeoutException("Chromium has opened no page.");
    }

    /// <summary>Goes to an address, until its page has taken the former one's place: a page that is being left answers with errors.</summary>
    private async Task GoToAsync(string address)
    {
        await SendAsync("Page.enable", new { });
        await SendAsync("Page.navigate", new { url = address });
        while (_shown != address)
            await ReceiveAsync();
    }

    private async Task<JsonElement> SendAsync(string method, object parameters)
    {
        var id = ++_number;
        await _socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(new { id, method, @params = parameters }, _withoutNulls), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        while (true)
        {
            var answer = await ReceiveAsync();
            if (answer.TryGetProperty("id", out var number) && number.GetInt32() == id)
                return answer.TryGetProperty("result", out var result) ? result : throw new InvalidOperationException($"{method}: {answer}");
        }
    }

    /// <summary>The next message: an answer, or what happened meanwhile.</summary>
    private async Task<JsonElement> ReceiveAsync()
    {
        using var received = new MemoryStream();
        WebSocketReceiveResult part;
        do
        {
            part = await _socket.ReceiveAsync(_buffer, CancellationToken.None);
            received.Write(_buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);
        var message = JsonSerializer.Deserialize<JsonElement>(received.ToArray());
        if (message.TryGetProperty("method", out var happened) && happened.GetString() == "Page.frameNavigated")
            _shown = message.GetProperty("params").GetProperty("frame").GetProperty("url").GetString();
        return message;
    }
}
