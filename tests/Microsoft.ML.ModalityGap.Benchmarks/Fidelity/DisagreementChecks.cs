using Microsoft.Extensions.AI;
using static Microsoft.ML.ModalityGap.Benchmarks.FidelityData;

namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>The procedure of human disagreement on drawn votes and drawn answers: what the library makes of them, against the paper's definitions in doubles.</summary>
internal static class DisagreementChecks
{
    private const int Questions = 60;
    private const int Iterations = 4;
    private const int SamplesPerIteration = 5;

    // What may be answered, and which option it means by the paper's rules: none, or entailment, contradiction, neutral.
    private static readonly (string Answer, int Option)[] s_answers =
    [
        ("Entailment", 0), ("yes, it is implied", 0), ("1", 0), ("no", 1), ("That is contradictory.", 1), ("The opposite", 1), (" NEUTRAL ", 2), ("Answer: 3", 2), ("null", 2), ("I do not see", -1), ("", -1),
    ];

    internal static IEnumerable<FidelityRow> Run(MLContext context)
    {
        var random = new Random(11);
        var names = AnswerRules.NaturalLanguageInference.Names;
        var votes = Enumerable.Range(0, Questions).Select(_ => Draw(random, 100)).ToArray();
        VotedQuestion[] questions = [.. votes.Select((counts, i) => new VotedQuestion(i.ToString(System.Globalization.CultureInfo.InvariantCulture), names.Zip(counts).ToDictionary(pair => pair.First, pair => pair.Second), names[i % 3]))];

        var said = votes.Select(_ => Enumerable.Range(0, Iterations * SamplesPerIteration).Select(_ => random.Next(s_answers.Length)).ToArray()).ToArray();
        var sampling = new MonteCarloAnswerEstimator(
            new DrawnAnswers(said), AnswerRules.NaturalLanguageInference, new MonteCarloAnswerOptions { Iterations = Iterations, SamplesPerIteration = SamplesPerIteration });
        var sampled = context.ModalityGap().EvaluateHumanDisagreementAsync(questions, sampling, HumanDisagreementOptions.Paper).GetAwaiter().GetResult();
        yield return Compare(
            "MCR (`MonteCarloAnswerEstimator`)", $"answers that mean the class / valid ones, of {Iterations} × {SamplesPerIteration}; uniform if none is", sampled,
            said.Select(answers => Distribute(answers.Select(answer => (s_answers[answer].Option, 1.0)))),
            said.Average(answers => answers.Count(answer => s_answers[answer].Option >= 0) / (double)answers.Length));

        // Seven tokens a question, of which the five likeliest count.
        var tokens = votes.Select(_ => s_answers.Index().OrderBy(_ => random.Next()).Take(7).Select(entry => (entry.Index, LogProbability: Math.Log(random.NextDouble() / 7))).ToArray()).ToArray();
        var reading = new LogProbabilityAnswerEstimator(
            (messages, _, _) => Task.FromResult<IReadOnlyList<TokenLogProbability>>(
                [.. tokens[DrawnAnswers.GetQuestion(messages)].Select(token => new TokenLogProbability(s_answers[token.Index].Answer, token.LogProbability))]),
            AnswerRules.NaturalLanguageInference);
        var read = context.ModalityGap().EvaluateHumanDisagreementAsync(questions, reading, HumanDisagreementOptions.Paper).GetAwaiter().GetResult();
        var top = tokens.Select(row => row.OrderByDescending(token => token.LogProbability).Take(5).Where(token => s_answers[token.Index].Option >= 0).ToArray()).ToArray();
        var distributions = top.Select(row => Distribute(row.Select(token => (s_answers[token.Index].Option, Math.Exp(token.LogProbability))))).ToArray();
        yield return Compare(
            "LPR (`LogProbabilityAnswerEstimator`)", "Σ exp(log-probability) of the first token's top five that mean the class, divided by the sum over the classes", read, distributions,
            top.Average(row => row.Select(token => s_answers[token.Index].Option).Distinct().Count() / 3.0));

        var people = votes.Select(counts => counts.Select(count => count / counts.Sum()).ToArray()).ToArray();
        double Mean(Func<double[], double[], double> measure) => people.Zip(distributions, measure).Average();
        var metrics = read.Metrics;
        yield return Formula("KL, zeros replaced (`HumanDisagreementOptions.Paper`)", "Σ h ln(h/m), m = 1e-10 where it is 0", Mean((h, m) => Divergence(h, [.. m.Select(share => share == 0 ? 1e-10 : share)])), metrics.KullbackLeibler);
        yield return Formula("JSD", "√(½KL(h‖a) + ½KL(m‖a)), a = (h + m)/2", Mean((h, m) => Math.Sqrt((Divergence(h, Middle(h, m)) + Divergence(m, Middle(h, m))) / 2)), metrics.JensenShannonDistance);
        yield return Formula("TVD", "half the sum of the absolute differences", Mean((h, m) => h.Zip(m, (a, b) => Math.Abs(a - b)).Sum() / 2), metrics.TotalVariation);
        yield return Formula("EntCE (Baan et al.)", "H(m) − H(h)", Mean((h, m) => Entropy(m) - Entropy(h)), metrics.EntropyCalibrationError);
        yield return Formula("RankCS (Baan et al.)", "the share of places that hold the same class when both are sorted", Mean((h, m) => Order(h).Zip(Order(m)).Count(pair => pair.First == pair.Second) / 3.0), metrics.RankCalibrationScore);
        yield return Formula("accuracy against the majority", "the share of questions whose likeliest class is that of most people", Mean((h, m) => Largest(h) == Largest(m) ? 1 : 0), metrics.MajorityAccuracy);
        yield return Formula("accuracy against the old label", "the same for the label from before", distributions.Select((m, i) => Largest(m) == i % 3 ? 1.0 : 0).Average(), metrics.OldLabelAccuracy!.Value);
    }

    private static FidelityRow Formula(string item, string formula, double expected, double actual) =>
        new(item, $"{formula}: {Format(expected, "0.00000")}", Format(actual, "0.00000"), FidelityData.Compare(expected, actual, 1e-5));

    private static FidelityRow Compare(string item, string formula, LanguageModelDisagreement result, IEnumerable<double[]> expected, double validRatio)
    {
        var largest = expected.Zip(result.Distributions, (shares, distribution) => shares.Zip(distribution.Shares, (a, b) => Math.Abs(a - b)).Max()).Max();
        return new FidelityRow(
            $"{item}, {Questions} questions", $"{formula}; valid ratio {Format(validRatio, "0.0000")}", $"largest difference of any share {Format(largest, "0.0E+0")}; valid ratio {Format(result.MeanValidRatio, "0.0000")}",
            largest <= 1e-9 && Math.Abs(validRatio - result.MeanValidRatio) < 1e-9 ? "equal" : "differs");
    }

    /// <summary>Votes for three options, sometimes none for one of them.</summary>
    private static double[] Draw(Random random, int voters)
    {
        var shares = Enumerable.Range(0, 3).Select(_ => random.Next(4) == 0 ? 0 : random.NextDouble()).ToArray();
        shares[random.Next(3)] += 0.1;
        var votes = new double[3];
        for (var i = 0; i < voters; i++)
        {
            var rest = random.NextDouble() * shares.Sum();
            votes[rest < shares[0] ? 0 : rest < shares[0] + shares[1] ? 1 : 2]++;
        }

        return votes;
    }

    private static double[] Distribute(IEnumerable<(int Option, double Weight)> answers)
    {
        var weights = new double[3];
        foreach (var (option, weight) in answers.Where(answer => answer.Option >= 0))
            weights[option] += weight;
        return weights.Sum() is > 0 and var sum ? [.. weights.Select(weight => weight / sum)] : [1 / 3.0, 1 / 3.0, 1 / 3.0];
    }

    private static double Divergence(double[] p, double[] q) => p.Zip(q, (a, b) => a == 0 ? 0 : a * Math.Log(a / b)).Sum();

    private static double[] Middle(double[] h, double[] m) => [.. h.Zip(m, (a, b) => (a + b) / 2)];

    private static double Entropy(double[] p) => -p.Sum(share => share == 0 ? 0 : share * Math.Log(share));

    private static int[] Order(double[] p) => [.. Enumerable.Range(0, 3).OrderBy(c => p[c])];

    private static int Largest(double[] p) => Array.IndexOf(p, p.Max());

    /// <summary>A language model whose answers were drawn before.</summary>
    private sealed class DrawnAnswers(int[][] said) : IChatClient
    {
        private readonly int[] _next = new int[said.Length];

        internal static int GetQuestion(IEnumerable<ChatMessage> messages) => int.Parse(messages.Single().Text, System.Globalization.CultureInfo.InvariantCulture);

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            var question = GetQuestion(messages);
            return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, s_answers[said[question][Interlocked.Increment(ref _next[question]) - 1]].Answer)));
        }

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException("Answers come whole.");

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
