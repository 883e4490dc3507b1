using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace SearchService.Tests;

[TestClass]
public class SearchServiceTests
{
    private static RunningService s_service = null!;

    [ClassInitialize]
    public static async Task Start(TestContext context) => s_service = await RunningService.StartAsync("--max-body-bytes", "200000", "--max-results", "30");

    [ClassCleanup]
    public static async Task Stop() => await s_service.DisposeAsync();

    [TestMethod]
    public async Task Search_CaptionOfAnItem_FindsItsTextFirstAndItsImageNear()
    {
        for (var i = 0; i < 5; i++)
        {
            var answer = await s_service.GetAsync($"/search?k=20&q={Uri.EscapeDataString(RunningService.Pairs.Shown[i].Caption)}");
            var hits = answer.GetProperty("results").EnumerateArray().ToArray();
            Assert.HasCount(20, hits);
            Assert.AreEqual(RunningService.Pairs.Shown[i].Caption, hits[0].GetProperty("text").GetString());
            Assert.IsTrue(hits.All(hit => hit.GetProperty("probability").GetDouble() is >= 0 and <= 1));
            CollectionAssert.AreEqual(hits, hits.OrderByDescending(hit => hit.GetProperty("probability").GetDouble()).ToArray(), "the more probable, the higher the score");
            Assert.IsTrue(hits.Any(hit => hit.GetProperty("id").GetString() == $"image-{i}"), $"image {i} is among the first twenty of 80");
            CollectionAssert.AreEqual(hits.Select(hit => hit.GetProperty("score").GetSingle()).OrderDescending().ToArray(), hits.Select(hit => hit.GetProperty("score").GetSingle()).ToArray());
            Assert.AreEqual((await s_service.GetAsync("/about")).GetProperty("fingerprint").GetString(), answer.GetProperty("fingerprint").GetString());
        }
    }

    [TestMethod]
    public async Task Search_Closed_MixesWhatTheRawEncoderKeepsApart()
    {
        // Over all items a text query finds images fairly when the gap is closed, and texts alone before.
        async Task<int> CountImages(bool closed)
        {
            var count = 0;
            foreach (var pair in RunningService.Pairs.Shown.Take(10))
            {
                var answer = await s_service.GetAsync($"/search?k=10&closed={closed}&q={Uri.EscapeDataString(pair.Caption)}");
                count += answer.GetProperty("results").EnumerateArray().Count(hit => hit.GetProperty("kind").GetString() == "image");
            }

            return count;
        }

        var (raw, closed) = (await CountImages(closed: false), await CountImages(closed: true));
        Assert.IsGreaterThan(raw + 20, closed, $"{raw} images before, {closed} after, of 100");
    }

    [TestMethod]
    public async Task Search_MinimumProbability_LeavesOutWhatIsLessOrFindsNothing()
    {
        var url = $"/search?k=30&q={Uri.EscapeDataString(RunningService.Pairs.Shown[0].Caption)}";
        double[] all = [.. (await s_service.GetAsync(url)).GetProperty("results").EnumerateArray().Select(hit => hit.GetProperty("probability").GetDouble())];
        var least = (all[0] + all[1]) / 2;
        var some = await s_service.GetAsync(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{url}&minimumProbability={least}"));
        Assert.AreEqual(all.Count(probability => probability >= least), some.GetProperty("results").GetArrayLength());
        Assert.AreEqual(0, (await s_service.GetAsync($"{url}&minimumProbability=1")).GetProperty("results").GetArrayLength());
        var raw = await s_service.GetAsync($"{url}&closed=false");
        Assert.IsTrue(raw.GetProperty("results").EnumerateArray().All(hit => hit.GetProperty("probability").ValueKind == JsonValueKind.Null), "a cosine is no probability");
    }

    [TestMethod]
    public async Task Search_ByImage_FindsTheImageItself()
    {
        var (status, body) = await s_service.PostAsync("/search?k=3&modality=image", RunningService.Pairs.Shown[7].Image, "image/png");
        Assert.AreEqual(200, status);
        var first = body.GetProperty("results")[0];
        Assert.AreEqual("image-7", first.GetProperty("id").GetString());
        using var image = await s_service.Client.GetAsync(new Uri(first.GetProperty("image").GetString()!, UriKind.Relative));
        Assert.AreEqual("image/png", image.Content.Headers.ContentType!.MediaType);
        CollectionAssert.AreEqual(RunningService.Pairs.Shown[7].Image, await image.Content.ReadAsByteArrayAsync());
    }

    [TestMethod]
    public async Task Search_ModalityGiven_FindsOnlyThat()
    {
        var answer = await s_service.GetAsync("/search?q=a+red+circle&modality=image&k=30");
        Assert.IsTrue(answer.GetProperty("results").EnumerateArray().All(hit => hit.GetProperty("kind").GetString() == "image"));
    }

    [TestMethod]
    public async Task Classify_ImageOfAScene_PrefersItsCaptionToOthers()
    {
        var right = 0;
        for (var i = 0; i < 10; i++)
        {
            var classes = Enumerable.Range(0, 5).Select(offset => RunningService.Pairs.Shown[(i + offset * 7) % 40].Caption).Distinct().ToArray();
            var (status, body) = await s_service.PostAsync("/classify?" + string.Join('&', classes.Select(name => "class=" + Uri.EscapeDataString(name))), RunningService.Pairs.Shown[i].Image, "image/png");
            Assert.AreEqual(200, status, body.ToString());
            var probabilities = body.GetProperty("classes").EnumerateArray().Select(entry => entry.GetProperty("probability").GetDouble()).ToArray();
            Assert.AreEqual(1, probabilities.Sum(), 1e-4);
            right += body.GetProperty("classes")[0].GetProperty("class").GetString() == classes[0] ? 1 : 0;
        }

        Assert.IsGreaterThanOrEqualTo(8, right, $"{right} of 10");
    }

    [TestMethod]
    public async Task Classify_NoClasses_TakesTheGallerys()
    {
        var (status, body) = await s_service.PostAsync("/classify", RunningService.Pairs.Shown[0].Image, "application/octet-stream");
        Assert.AreEqual(200, status);
        Assert.AreEqual(RunningService.Pairs.Classes.Count, body.GetProperty("classes").GetArrayLength());
    }

    [TestMethod]
    [DataRow("/search", 400, "'q'")]
    [DataRow("/search?q=", 400, "'q'")]
    [DataRow("/search?q=%20%20", 400, "'q'")]
    [DataRow("/search?q=a&k=0", 400, "1 to 30")]
    [DataRow("/search?q=a&k=31", 400, "1 to 30")]
    [DataRow("/search?q=a&k=-5", 400, "'k'")]
    [DataRow("/search?q=a&k=many", 400, "k")]
    [DataRow("/search?q=a&modality=sound", 400, "image, text")]
    [DataRow("/search?q=a&closed=perhaps", 400, "closed")]
    [DataRow("/search?q=a&minimumProbability=2", 400, "0 to 1")]
    [DataRow("/search?q=a&minimumProbability=NaN", 400, "0 to 1")]
    [DataRow("/search?q=a&minimumProbability=0.5&closed=false", 400, "closed=false")]
    [DataRow("/images/none", 404, "'none'")]
    [DataRow("/images/..%2F..%2Fgallery.json", 404, "no image")]
    [DataRow("/nothing", 404, "")]
    [DataRow("/classify", 405, "")]
    public async Task Get_BadRequest_IsToldAsAProblem(string path, int status, string detail)
    {
        using var response = await s_service.Client.GetAsync(new Uri(path, UriKind.Relative));
        Assert.AreEqual(status, (int)response.StatusCode);
        Assert.AreEqual("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.AreEqual(status, problem.GetProperty("status").GetInt32());
        if (detail.Length > 0)
            StringAssert.Contains(problem.GetProperty("detail").GetString(), detail);
    }

    [TestMethod]
    public async Task Get_LongQuery_IsRefused()
    {
        using var response = await s_service.Client.GetAsync(new Uri("/search?q=" + new string('a', 501), UriKind.Relative));
        Assert.AreEqual(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [TestMethod]
    [DataRow("/classify?class=a&class=b", 10, "image/png", 400)]
    [DataRow("/classify?class=a&class=b", 0, "image/png", 400)]
    [DataRow("/classify?class=a&class=b", 200_001, "image/png", 413)]
    [DataRow("/classify?class=a&class=b", 10, "text/plain", 415)]
    [DataRow("/classify?class=a&class=b", 10, null, 415)]
    [DataRow("/classify?class=a", 10, "image/png", 400)]
    [DataRow("/classify?class=a&class=a", 10, "image/png", 400)]
    [DataRow("/classify?class=a&class=", 10, "image/png", 400)]
    [DataRow("/search?k=99", 10, "image/png", 400)]
    [DataRow("/search", 10, "image/png", 400)]
    public async Task Post_BadRequest_IsToldAsAProblem(string path, int bytes, string? mediaType, int status)
    {
        var (found, body) = await s_service.PostAsync(path, new byte[bytes], mediaType);
        Assert.AreEqual(status, found);
        Assert.AreEqual(status, body.GetProperty("status").GetInt32());
        Assert.AreNotEqual("", body.GetProperty("detail").GetString());
    }

    [TestMethod]
    public async Task Requests_ManyAtOnce_AllGetTheirOwnAnswer()
    {
        var captions = RunningService.Pairs.Shown.Select(pair => pair.Caption).ToArray();
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => s_service.GetAsync($"/search?k=1&modality=text&q={Uri.EscapeDataString(captions[i % captions.Length])}")));
        for (var i = 0; i < answers.Length; i++)
            Assert.AreEqual(captions[i % captions.Length], answers[i].GetProperty("results")[0].GetProperty("text").GetString());
    }

    [TestMethod]
    public async Task Requests_MoreThanMayWait_AreTurnedAwayOrAnswered()
    {
        await using var service = await s_service.StartAnotherAsync("--max-concurrent", "1", "--max-waiting", "1");
        var statuses = await Task.WhenAll(Enumerable.Range(0, 100).Select(async i =>
        {
            using var response = await service.Client.GetAsync(new Uri("/search?q=a+red+circle", UriKind.Relative));
            return (int)response.StatusCode;
        }));
        Assert.IsTrue(statuses.All(status => status is 200 or 503), string.Join(", ", statuses.Distinct()));
        Assert.Contains(200, statuses);
        Assert.IsTrue((await service.GetAsync("/search?q=a")).GetProperty("results").GetArrayLength() > 0, "afterwards all is well");
    }
}
