using System.Diagnostics;

namespace SearchService.Tests;

/// <summary>The page as a browser shows it, where there is a Chromium to ask.</summary>
[TestClass]
public class PageTests
{
    [TestMethod]
    public async Task Page_InABrowser_ShowsTextsAndImagesFound()
    {
        var browser = new[] { "chromium", "chromium-browser", "google-chrome" }
            .SelectMany(name => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
        if (browser is null)
            Assert.Inconclusive("This test needs Chromium.");

        await using var service = await RunningService.StartAsync();
        var profile = Directory.CreateTempSubdirectory("modality-gap-browser-").FullName;
        try
        {
            var start = new ProcessStartInfo(browser) { RedirectStandardOutput = true, RedirectStandardError = true };
            foreach (var argument in new[] { "--headless", "--no-sandbox", "--disable-gpu", $"--user-data-dir={profile}", "--virtual-time-budget=10000", "--dump-dom", $"{service.Client.BaseAddress}?q=two+red+circles" })
                start.ArgumentList.Add(argument);
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var page = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            await errors;

            // Ten items in each column; images only where the gap is closed.
            var (closed, raw) = (Cut(page, "id=\"closed\"", "</ol>"), Cut(page, "id=\"raw\"", "</ol>"));
            Assert.AreEqual(10, Count(closed, "<li>"), closed);
            Assert.AreEqual(10, Count(raw, "<li>"), raw);
            Assert.IsGreaterThan(Count(raw, "<img"), Count(closed, "<img"));
            Assert.AreEqual("", Cut(page, "role=\"alert\">", "</p>"));
        }
        finally
        {
            Directory.Delete(profile, recursive: true);
        }
    }

    private static string Cut(string page, string from, string to)
    {
        var start = page.IndexOf(from, StringComparison.Ordinal);
        Assert.IsGreaterThanOrEqualTo(0, start, page);
        start += from.Length;
        return page[start..page.IndexOf(to, start, StringComparison.Ordinal)];
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
