using Microsoft.Extensions.AI;

namespace Microsoft.ML.ModalityGap.Tests.Answers;

[TestClass]
public class LanguageModelDisagreementTests
{
    private static readonly MLContext _ml = new(seed: 1);

    public TestContext TestContext { get; set; } = null!;

    /// <summary>
    /// Golden numbers of the measures' formulas in plain double precision, as in the authors' evaluate.py: people .5 .3 .2 and .1 .2 .7 against the model's .7 .3 0 and .1 .6 .3, in the
    /// order entailment, contradiction, neutral.
    /// </summary>
    [TestMethod]
    public async Task Procedure_OverAServer_GivesThePapersMeasures()
    {
        string[] first = [.. Enumerable.Repeat("entailment", 7), .. Enumerable.Repeat("no", 3)];
        string[] second = ["entailment", .. Enumerable.Repeat("contradiction", 6), .. Enumerable.Repeat("neutral", 3)];
        using var server = LoopbackModel.Saying([.. first, .. second]);
        var questions = new[]
        {
            new VotedQuestion("One?", new Dictionary<string, double> { ["entailment"] = 50, ["contradiction"] = 30, ["neutral"] = 20 }, "contradiction"),
            new VotedQuestion(
                [new ChatMessage(ChatRole.System, "Answer in one word."), new ChatMessage(ChatRole.User, "Two?")],
                new Dictionary<string, double> { ["neutral"] = 0.7, ["contradiction"] = 0.2, ["entailment"] = 0.1 },
                "contradiction"),
        };
        var estimator = new MonteCarloAnswerEstimator(
            server.CreateChatClient(), AnswerRules.NaturalLanguageInference, new MonteCarloAnswerOptions { Iterations = 1, SamplesPerIteration = 10, MaxConcurrency = 1 });
        var result = await _ml.ModalityGap().EvaluateHumanDisagreementAsync(questions, estimator, HumanDisagreementOptions.Paper, TestContext.CancellationToken);
        var metrics = result.Metrics;
        Assert.AreEqual((4.115046485290665 + 0.3733860445374206) / 2, metrics.KullbackLeibler, 1e-9);
        Assert.AreEqual((0.07768706679704614 + 0.09346625362898063) / 2, metrics.JensenShannonDivergence, 1e-9);
        Assert.AreEqual((0.2 + 0.4) / 2, metrics.TotalVariation, 1e-9);
        Assert.AreEqual((-0.41878871200968015 + 0.09612717231344248) / 2, metrics.EntropyCalibrationError, 1e-9);

        // Sorted: 2 1 0 on both sides, then 0 1 2 against 0 2 1.
        Assert.AreEqual((1 + 1 / 3.0) / 2, metrics.RankCalibrationScore, 1e-12);
        Assert.AreEqual(0.5, metrics.MajorityAccuracy);
        Assert.AreEqual(0.5, metrics.OldLabelAccuracy);
        Assert.AreEqual(1, result.MeanValidRatio);
        Assert.AreEqual(0, result.UniformCount);
        Assert.AreEqual("Answer in one word.", server.Bodies[10]["messages"]![0]!["content"]!.GetValue<string>());

        var again = _ml.ModalityGap().EvaluateHumanDisagreement(questions, result.Distributions);
        Assert.AreEqual(metrics.JensenShannonDivergence, again.Metrics.JensenShannonDivergence);
        Assert.IsGreaterThan(again.Metrics.KullbackLeibler, metrics.KullbackLeibler);
    }

    [TestMethod]
    public async Task Questions_ThatDoNotFit_AreRefusedBeforeAnythingIsAsked()
    {
        using var server = LoopbackModel.Saying("yes");
        var estimator = new MonteCarloAnswerEstimator(server.CreateChatClient(), AnswerRules.YesNo);
        var votes = new Dictionary<string, double> { ["yes"] = 1 };
        Task Evaluate(params VotedQuestion[] questions) => _ml.ModalityGap().EvaluateHumanDisagreementAsync(questions, estimator);
        await Assert.ThrowsExactlyAsync<ArgumentException>(() => Evaluate());
        var unknown = await Assert.ThrowsExactlyAsync<ArgumentException>(() => Evaluate(new VotedQuestion("a?", votes), new VotedQuestion("b?", new Dictionary<string, double> { ["perhaps"] = 1 })));
        Assert.Contains("Question 1 has a vote or a label for 'perhaps', which is none of the options: yes, no", unknown.Message);
        Assert.Contains("Question 1 has no old label", (await Assert.ThrowsExactlyAsync<ArgumentException>(() => Evaluate(new VotedQuestion("a?", votes, "no"), new VotedQuestion("b?", votes)))).Message);
        Assert.AreEqual(0, server.Requests);
        Assert.ThrowsExactly<ArgumentException>(() => new VotedQuestion("a?", new Dictionary<string, double>()));
        Assert.ThrowsExactly<ArgumentException>(() => new VotedQuestion("a?", new Dictionary<string, double> { ["yes"] = -1, ["no"] = 3 }));
        Assert.ThrowsExactly<ArgumentException>(() => new VotedQuestion("a?", new Dictionary<string, double> { ["yes"] = double.NaN }));
    }
}
