using System.Diagnostics;
using Microsoft.Extensions.AI;

namespace Microsoft.ML.ModalityGap.Tests.Answers;

[TestClass]
public class AnswerEstimatorTests
{
    private static readonly RequestPolicy _quick = new() { FirstDelay = TimeSpan.FromMilliseconds(1), Timeout = TimeSpan.FromSeconds(20), RetryCount = 3 };

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task MonteCarlo_OverAServer_GivesTheSharesOfTheValidAnswers()
    {
        using var server = LoopbackModel.Saying("Entailment", "neutral", "I cannot tell you.", "yes, certainly", "No");
        var estimator = new MonteCarloAnswerEstimator(
            server.CreateChatClient(),
            AnswerRules.NaturalLanguageInference,
            new MonteCarloAnswerOptions { Iterations = 4, SamplesPerIteration = 5, MaxConcurrency = 3, Requests = _quick, ChatOptions = new ChatOptions { Seed = 70 } });
        var distribution = await estimator.EstimateAsync("Does it follow?", TestContext.CancellationToken);

        // Of each five: two entail, one contradicts, one is neutral, one is not valid.
        Assert.AreEqual(20, server.Requests);
        Assert.IsLessThanOrEqualTo(3, server.Peak);
        CollectionAssert.AreEqual(new[] { 0.5, 0.25, 0.25 }, distribution.Shares.ToArray());
        Assert.AreEqual(0.8, distribution.ValidRatio, 1e-12);
        Assert.AreEqual(16, distribution.ValidCount);
        Assert.HasCount(20, distribution.Answers);
        CollectionAssert.AreEquivalent(Enumerable.Range(70, 20).ToArray(), server.Bodies.Select(body => body["seed"]!.GetValue<int>()).ToArray());
    }

    /// <summary>Expected by hand: exp of the log-probabilities, " Entail" and "yes" together, "Maybe" left out, the sixth cut off.</summary>
    [TestMethod]
    public async Task LogProbability_OverAServer_SumsTheTopFiveTokens()
    {
        using var server = LoopbackModel.WithTokens(("neutral", -1.7), ("Contr", -2.5), (" Entail", -0.4), ("Maybe", -3.0), ("yes", -4.0), ("no", -9.0));
        var estimator = new LogProbabilityAnswerEstimator(server.CreateTokenSource().GetFirstTokensAsync, AnswerRules.NaturalLanguageInference);
        var distribution = await estimator.EstimateAsync("Does it follow?", TestContext.CancellationToken);
        var (e, c, n) = (Math.Exp(-0.4) + Math.Exp(-4), Math.Exp(-2.5), Math.Exp(-1.7));
        Assert.AreEqual(e / (e + c + n), distribution.Shares[0], 1e-12);
        Assert.AreEqual(c / (e + c + n), distribution.Shares[1], 1e-12);
        Assert.AreEqual(1, distribution.ValidRatio);
        Assert.AreEqual(4, distribution.ValidCount);
        CollectionAssert.AreEqual(new[] { " Entail", "neutral", "Contr", "Maybe", "yes" }, distribution.Answers.ToArray());
        var body = server.Bodies.Single();
        Assert.AreEqual(5, body["top_logprobs"]!.GetValue<int>());
        Assert.AreEqual(0, body["temperature"]!.GetValue<int>());
        Assert.AreEqual(1, body["max_tokens"]!.GetValue<int>());
        Assert.AreEqual("Does it follow?", body["messages"]![0]!["content"]!.GetValue<string>());
    }

    [TestMethod]
    public async Task Estimators_WithoutAValidAnswer_AreUniformAndSaySo()
    {
        using var talker = LoopbackModel.Saying("Well.", "");
        using var tokens = LoopbackModel.WithTokens(("Well", -0.1), ("Hm", -3));
        var sampled = await new MonteCarloAnswerEstimator(talker.CreateChatClient(), AnswerRules.YesNo, new MonteCarloAnswerOptions { Iterations = 1 })
            .EstimateAsync("Is it?", TestContext.CancellationToken);
        var read = await new LogProbabilityAnswerEstimator(tokens.CreateTokenSource().GetFirstTokensAsync, AnswerRules.YesNo).EstimateAsync("Is it?", TestContext.CancellationToken);
        foreach (var distribution in new[] { sampled, read })
        {
            CollectionAssert.AreEqual(new[] { 0.5, 0.5 }, distribution.Shares.ToArray());
            Assert.AreEqual(0, distribution.ValidRatio);
            Assert.IsFalse(distribution.HasValidAnswer);
        }
    }

    [TestMethod]
    public async Task RateLimit_ThatPasses_IsWaitedOutAsLongAsTheServerAsks()
    {
        using var server = LoopbackModel.Answering((index, _, response) =>
        {
            if (index < 2)
                response.Headers["Retry-After"] = "1";
            return index < 2
                ? LoopbackModel.WriteAsync(response, """{"error":{"message":"slow down"}}""", 429)
                : LoopbackModel.WriteAsync(response, LoopbackModel.CreateTokens(("yes", -0.1)));
        });
        var watch = Stopwatch.StartNew();
        var estimator = new LogProbabilityAnswerEstimator(server.CreateTokenSource().GetFirstTokensAsync, AnswerRules.YesNo, new LogProbabilityAnswerOptions { Requests = _quick });
        var distribution = await estimator.EstimateAsync("Is it?", TestContext.CancellationToken);
        Assert.AreEqual(1, distribution.Shares[0]);
        Assert.AreEqual(3, server.Requests);
        Assert.IsGreaterThan(TimeSpan.FromSeconds(1.9), watch.Elapsed);
    }

    [TestMethod]
    public async Task Refusal_ThatLasts_IsThrownAfterTheAllowedTries()
    {
        using var server = LoopbackModel.Sending("""{"error":"overloaded"}""", 503);
        var estimator = new LogProbabilityAnswerEstimator(server.CreateTokenSource().GetFirstTokensAsync, AnswerRules.YesNo, new LogProbabilityAnswerOptions { Requests = _quick });
        var exception = await Assert.ThrowsAsync<HttpRequestException>(() => estimator.EstimateAsync("Is it?"));
        Assert.Contains("503", exception.Message);
        Assert.Contains("overloaded", exception.Message);
        Assert.AreEqual(4, server.Requests);

        using var wrong = LoopbackModel.Sending("""{"error":"no such model"}""", 404);
        var sampler = new MonteCarloAnswerEstimator(wrong.CreateChatClient(), AnswerRules.YesNo, new MonteCarloAnswerOptions { Iterations = 1, SamplesPerIteration = 1, Requests = _quick });
        await Assert.ThrowsAsync<HttpRequestException>(() => sampler.EstimateAsync("Is it?"));
        Assert.AreEqual(1, wrong.Requests);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("<html>It works!</html>")]
    [DataRow("{}")]
    [DataRow("""{"choices":[]}""")]
    [DataRow("""{"choices":[{"logprobs":null}]}""")]
    [DataRow("""{"choices":[{"logprobs":{"content":[{"top_logprobs":[{"token":"yes","logprob":"high"}]}]}}]}""")]
    [DataRow("""{"choices":[{"logprobs":{"content":[{"top_logprobs":[{"token":"yes","logprob":0.9}]}]}}]}""")]
    public async Task BadAnswer_OfTheServer_IsNamedAndNotAskedAgain(string body)
    {
        using var server = LoopbackModel.Sending(body);
        var estimator = new LogProbabilityAnswerEstimator(server.CreateTokenSource().GetFirstTokensAsync, AnswerRules.YesNo, new LogProbabilityAnswerOptions { Requests = _quick });
        var exception = await Assert.ThrowsExactlyAsync<InvalidDataException>(() => estimator.EstimateAsync("Is it?"));
        Assert.Contains("log-probabilit", exception.Message);
        Assert.AreEqual(1, server.Requests);
    }

    [TestMethod]
    public async Task Answer_ThatNeverEnds_FillsNoMemory()
    {
        using var server = LoopbackModel.Answering(async (_, _, response) =>
        {
            var chunk = new byte[1 << 16];
            Array.Fill(chunk, (byte)' ');
            try
            {
                for (var i = 0; i < 10_000; i++)
                    await response.OutputStream.WriteAsync(chunk);
            }
            catch (Exception exception) when (exception is IOException or System.Net.HttpListenerException or ObjectDisposedException)
            {
                // The client has hung up, as it should.
            }
        });
        var estimator = new LogProbabilityAnswerEstimator(server.CreateTokenSource().GetFirstTokensAsync, AnswerRules.YesNo, new LogProbabilityAnswerOptions { Requests = _quick });
        Assert.Contains("1048576 bytes", (await Assert.ThrowsExactlyAsync<InvalidDataException>(() => estimator.EstimateAsync("Is it?"))).Message);
    }

    [TestMethod]
    public async Task BrokenConnection_IsTriedAgain()
    {
        using var server = LoopbackModel.Answering(async (index, _, response) =>
        {
            if (index > 0)
            {
                await LoopbackModel.WriteAsync(response, LoopbackModel.CreateText("yes"));
                return;
            }

            response.ContentLength64 = 1000;
            await response.OutputStream.WriteAsync("{\"choices\""u8.ToArray());
            response.Abort();
        });
        var options = new MonteCarloAnswerOptions { Iterations = 1, SamplesPerIteration = 2, MaxConcurrency = 1, Requests = _quick };
        var distribution = await new MonteCarloAnswerEstimator(server.CreateChatClient(), AnswerRules.YesNo, options).EstimateAsync("Is it?", TestContext.CancellationToken);
        Assert.AreEqual(1, distribution.Shares[0]);
        Assert.AreEqual(3, server.Requests);
    }

    [TestMethod]
    public async Task HangingServer_IsLeftAfterTheTimeout()
    {
        LoopbackModel? server = null;
        using (server = LoopbackModel.Answering((_, _, _) => server!.HangAsync()))
        {
            var policy = _quick with { Timeout = TimeSpan.FromMilliseconds(200), RetryCount = 1 };
            var sampler = new MonteCarloAnswerEstimator(server.CreateChatClient(), AnswerRules.YesNo, new MonteCarloAnswerOptions { Iterations = 1, SamplesPerIteration = 1, Requests = policy });
            Assert.Contains(nameof(RequestPolicy), (await Assert.ThrowsExactlyAsync<TimeoutException>(() => sampler.EstimateAsync("Is it?"))).Message);
            var reader = new LogProbabilityAnswerEstimator(server.CreateTokenSource().GetFirstTokensAsync, AnswerRules.YesNo, new LogProbabilityAnswerOptions { Requests = policy });
            await Assert.ThrowsExactlyAsync<TimeoutException>(() => reader.EstimateAsync("Is it?"));

            // A source that takes no notice of the token is left behind as well.
            var deaf = new LogProbabilityAnswerEstimator(
                async (_, _, _) =>
                {
                    await server.HangAsync();
                    return [];
                },
                AnswerRules.YesNo,
                new LogProbabilityAnswerOptions { Requests = policy });
            await Assert.ThrowsExactlyAsync<TimeoutException>(() => deaf.EstimateAsync("Is it?"));
        }
    }

    [TestMethod]
    public async Task Cancellation_OfARun_EndsItAtOnceAndKeepsWhatWasHandedOut()
    {
        LoopbackModel? server = null;
        using (server = LoopbackModel.Answering((index, _, response) => index < 4 ? LoopbackModel.WriteAsync(response, LoopbackModel.CreateText("no")) : server!.HangAsync()))
        {
            using var cancellation = new CancellationTokenSource();
            var options = new MonteCarloAnswerOptions { Iterations = 1, SamplesPerIteration = 2 };
            var estimator = new MonteCarloAnswerEstimator(server.CreateChatClient(), AnswerRules.YesNo, options);
            var done = new List<AnswerDistribution>();
            var watch = Stopwatch.StartNew();
            await Assert.ThrowsAsync<OperationCanceledException>(async () =>
            {
                await foreach (var distribution in estimator.EstimateAllAsync(["One?", "Two?", "Three?"], cancellation.Token))
                {
                    done.Add(distribution);
                    if (done.Count == 2)
                        cancellation.CancelAfter(100);
                }
            });
            Assert.HasCount(2, done);
            Assert.IsLessThan(TimeSpan.FromSeconds(20), watch.Elapsed);
        }
    }
}
