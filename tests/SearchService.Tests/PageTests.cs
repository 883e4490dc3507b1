namespace SearchService.Tests;

/// <summary>The page as a browser shows it and as keys work it, where there is a Chromium to ask.</summary>
[TestClass]
public class PageTests
{
    private const string Done = "document.getElementById('status').textContent.startsWith('Found')";

    private static RunningService s_service = null!;

    [ClassInitialize]
    public static async Task Start(TestContext context) => s_service = await RunningService.StartAsync();

    [ClassCleanup]
    public static async Task Stop() => await s_service.DisposeAsync();

    [TestMethod]
    [DataRow(1280, false)]
    [DataRow(1280, true)]
    [DataRow(400, false)]
    [DataRow(400, true)]
    public async Task Page_AnyWidthAndColours_ShowsBothAnswersWithoutScrollingSideways(int width, bool isDark)
    {
        await using var browser = await Browser.OpenAsync($"{s_service.Client.BaseAddress}?q=two+red+circles", width, isDark);
        await browser.WaitAsync(Done);
        await browser.WaitAsync("[...document.images].every(image => image.complete && image.naturalWidth > 0)");
        Assert.AreEqual("10 10", await browser.EvaluateAsync("`${document.querySelectorAll('#closed li').length} ${document.querySelectorAll('#raw li').length}`"));
        Assert.IsGreaterThan(int.Parse(await browser.EvaluateAsync("document.querySelectorAll('#raw img').length")), int.Parse(await browser.EvaluateAsync("document.querySelectorAll('#closed img').length")));
        Assert.AreEqual("10", await browser.EvaluateAsync("[...document.querySelectorAll('#closed .figures strong')].filter(element => /[0-9]+\\s% match$/.test(element.textContent)).length"));
        Assert.AreEqual("true", await browser.EvaluateAsync(
            "[...document.querySelectorAll('#closed .figures')].every(figures => Math.abs(100 * figures.querySelector('.track > div').offsetWidth / figures.querySelector('.track').offsetWidth - figures.textContent.match(/[0-9]+/)[0]) < 2.5)"),
            "bars are as long as the matches are probable");
        Assert.AreEqual("true", await browser.EvaluateAsync("document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out sideways");
        Assert.AreEqual(isDark ? "rgb(20, 23, 27)" : "rgb(255, 255, 255)", await browser.EvaluateAsync("getComputedStyle(document.body).backgroundColor"), "the style sheet came through its policy");
        await browser.KeepScreenshotAsync($"page-{width}-{(isDark ? "dark" : "light")}");
    }

    [TestMethod]
    public async Task Page_ByKeysAlone_SearchesTakesExamplesAndLeavesOutTheImprobable()
    {
        await using var browser = await Browser.OpenAsync(s_service.Client.BaseAddress!.ToString());
        await browser.WaitAsync(Done);
        await browser.TabToAsync("#q");
        await browser.TypeAsync("a green heart");
        await browser.PressAsync("Enter");
        await browser.WaitAsync($"{Done} && document.getElementById('status').textContent.includes('a green heart')");

        await browser.TabToAsync("#samples button:nth-child(2)");
        await browser.PressAsync("Space");
        await browser.WaitAsync($"{Done} && document.getElementById('status').textContent.includes(document.querySelector('#samples button:nth-child(2)').textContent)");
        Assert.AreEqual(await browser.EvaluateAsync("document.querySelector('#samples button:nth-child(2)').textContent"), await browser.EvaluateAsync("document.getElementById('q').value"));

        // What matches with less than even odds is left out: of the corrected scores, which are probabilities.
        await browser.TabToAsync("#sure");
        await browser.PressAsync("Space");
        await browser.WaitAsync("!document.getElementById('results').hasAttribute('aria-busy') && document.querySelectorAll('#raw li').length === 10 && document.querySelectorAll('#closed li').length < 10");
        await browser.TabToAsync("summary");
        await browser.PressAsync("Enter");
        await browser.TabToAsync("#by-picture");
        await browser.TabToAsync("#classify");
    }

    [TestMethod]
    public async Task Page_EmptyQuery_SaysSoBesideTheFieldAndClearsWhatWasFound()
    {
        await using var browser = await Browser.OpenAsync($"{s_service.Client.BaseAddress}?q=a+star", width: 400);
        await browser.WaitAsync(Done);
        await browser.TabToAsync("#q");
        await browser.TypeAsync(" ");
        await browser.PressAsync("Enter");
        await browser.WaitAsync("document.getElementById('search-error').textContent.startsWith('Type what you are looking for')");
        Assert.AreEqual("q true alert", await browser.EvaluateAsync("`${document.activeElement.id} ${document.activeElement.getAttribute('aria-invalid')} ${document.getElementById('search-error').getAttribute('role')}`"));
        Assert.AreEqual("0", await browser.EvaluateAsync("document.querySelectorAll('#closed li, #raw li').length"), "old results are gone");
        await browser.KeepScreenshotAsync("page-empty-query");

        await browser.TypeAsync("a star");
        await browser.PressAsync("Enter");
        await browser.WaitAsync(Done);
        Assert.AreEqual(" null", await browser.EvaluateAsync("`${document.getElementById('search-error').textContent} ${document.activeElement.getAttribute('aria-invalid')}`"), "so is the error");
    }

    [TestMethod]
    public async Task Page_Pictures_AreSearchedWithToldApartAndRefusedInWords()
    {
        await using var browser = await Browser.OpenAsync(s_service.Client.BaseAddress!.ToString());
        await browser.WaitAsync(Done);
        await browser.TabToAsync("summary");
        await browser.PressAsync("Enter");
        await browser.TabToAsync("#classify");
        await browser.PressAsync("Enter");
        await browser.WaitAsync("document.getElementById('picture-error').textContent === 'Choose a picture first.'");
        Assert.AreEqual("file", await browser.EvaluateAsync("document.activeElement.id"));

        var folder = Directory.CreateTempSubdirectory("modality-gap-pictures-").FullName;
        try
        {
            var (good, bad) = (Path.Combine(folder, "scene.png"), Path.Combine(folder, "broken.png"));
            File.WriteAllBytes(good, RunningService.Pairs.Shown[3].Image);
            File.WriteAllBytes(bad, [1, 2, 3]);
            await browser.ChooseFileAsync("#file", good);
            await browser.TabToAsync("#by-picture");
            await browser.PressAsync("Enter");
            await browser.WaitAsync($"{Done} && document.getElementById('status').textContent.includes('your picture')");
            Assert.EndsWith("/images/image-3", await browser.EvaluateAsync("document.querySelector('#closed img').src"));
            await browser.TabToAsync("#classify");
            await browser.PressAsync("Enter");
            await browser.WaitAsync("document.getElementById('status').textContent.startsWith('Of these classes')");
            Assert.AreEqual("0", await browser.EvaluateAsync("document.querySelectorAll('#closed li').length"));
            await browser.KeepScreenshotAsync("page-classified");

            await browser.ChooseFileAsync("#file", bad);
            await browser.PressAsync("Enter");
            await browser.WaitAsync("document.getElementById('picture-error').textContent.startsWith('That picture cannot be read.')");
            Assert.AreEqual("0 ", await browser.EvaluateAsync("`${document.querySelectorAll('#classes li').length} ${document.getElementById('status').textContent}`"), "what was found of another is gone");
            await browser.KeepScreenshotAsync("page-broken-picture");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [TestMethod]
    public async Task Page_DamagedGallery_SaysWhatIsWrong()
    {
        await using var service = await RunningService.StartDamagedAsync(gallery => File.WriteAllText(Path.Combine(gallery, GalleryFile.Description), "{"));
        await using var browser = await Browser.OpenAsync(service.Client.BaseAddress!.ToString());
        await browser.WaitAsync("document.getElementById('about-error').textContent.startsWith('The gallery cannot be opened: ')");
        await browser.KeepScreenshotAsync("page-damaged");
    }
}
