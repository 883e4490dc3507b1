namespace Microsoft.ML.ModalityGap.Tests.Answers;

[TestClass]
public class AnswerRulesTests
{
    /// <summary>By hand from the authors' tables: exact options first, then the keywords of entailment, contradiction, neutral.</summary>
    [TestMethod]
    [DataRow("Entailment", "entailment")]
    [DataRow(" NEUTRAL\n", "neutral")]
    [DataRow("no", "contradiction")]
    [DataRow("nothing", null)]
    [DataRow("The premise opposes it.", "contradiction")]
    [DataRow("2", "contradiction")]
    [DataRow("It is not possible to tell", "neutral")]
    [DataRow("I would say yes, though some contradict", "entailment")]
    [DataRow("neutral or contradiction", "contradiction")]
    [DataRow("", null)]
    public void NaturalLanguageInference_OfAnAnswer_FollowsThePapersRules(string answer, string? expected)
    {
        var rules = AnswerRules.NaturalLanguageInference;
        Assert.AreEqual(expected, rules.FindOption(answer) is >= 0 and var index ? rules.Names[index] : null);
    }

    [TestMethod]
    public void ExactAnswer_OfALaterOption_ComesBeforeAKeywordOfAnEarlierOne()
    {
        var rules = new AnswerRules(new AnswerOption("a", ["x"], ["red"]), new AnswerOption("b", ["infrared"], ["blue"]));
        Assert.AreEqual(1, rules.FindOption("Infra Red"));
        Assert.AreEqual(0, rules.FindOption("infrared light"));
    }

    [TestMethod]
    public void Rules_ThatCannotDecide_AreRefused()
    {
        Assert.ThrowsExactly<ArgumentException>(() => AnswerRules.FromNames("one"));
        Assert.Contains("'yes' means 'a' as well as 'b'", Assert.ThrowsExactly<ArgumentException>(
            () => new AnswerRules(new AnswerOption("a", ["yes"], []), new AnswerOption("b", ["Yes "], []))).Message);
        Assert.ThrowsExactly<ArgumentException>(() => AnswerRules.FromNames("cat", "dog", "cat"));
        Assert.ThrowsExactly<ArgumentException>(() => new AnswerOption("a", [], [" "]));
        Assert.ThrowsExactly<ArgumentException>(() => new AnswerOption("a", [], []));
    }
}
