namespace Microsoft.ML.ModalityGap;

/// <summary>How a language model's answers to one question are spread over the options.</summary>
public sealed class AnswerDistribution
{
    private AnswerDistribution(AnswerRules rules, IReadOnlyList<string> answers, double[] weights, int validCount, double validRatio)
    {
        var sum = weights.Sum();
        (Names, Answers, ValidCount, ValidRatio, HasValidAnswer) = (rules.Names, answers, validCount, validRatio, sum > 0);
        Shares = Array.ConvertAll(weights, weight => sum > 0 ? weight / sum : 1.0 / weights.Length);
    }

    /// <summary>The options, in the order of the shares.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>A share for each option; their sum is 1. All are equal where no answer was valid.</summary>
    public IReadOnlyList<double> Shares { get; }

    /// <summary>Whether some answer was valid; else the shares are made up.</summary>
    public bool HasValidAnswer { get; }

    /// <summary>
    /// From 0 to 1. Sampled answers: the valid ones among all. Log-probabilities: the options found among the top tokens, divided by the number of options; both as in the
    /// authors' code.
    /// </summary>
    public double ValidRatio { get; }

    /// <summary>How many of <see cref="Answers"/> mean an option.</summary>
    public int ValidCount { get; }

    /// <summary>What the model said: sampled answers in their order, or the top tokens, likeliest first.</summary>
    public IReadOnlyList<string> Answers { get; }

    internal static AnswerDistribution FromSamples(AnswerRules rules, IReadOnlyList<string> answers)
    {
        var counts = new double[rules.Names.Count];
        var valid = 0;
        foreach (var answer in answers)
        {
            if (rules.FindOption(answer) is >= 0 and var option)
            {
                counts[option]++;
                valid++;
            }
        }

        return new AnswerDistribution(rules, answers, counts, valid, answers.Count > 0 ? (double)valid / answers.Count : 0);
    }

    /// <exception cref="InvalidDataException">A log-probability is none.</exception>
    internal static AnswerDistribution FromTokens(AnswerRules rules, IReadOnlyList<TokenLogProbability> tokens)
    {
        var weights = new double[rules.Names.Count];
        var found = new bool[rules.Names.Count];
        var valid = 0;
        foreach (var (token, logProbability) in tokens)
        {
            // A hair above 0 is rounding of the server's.
            if (double.IsNaN(logProbability) || logProbability > 1e-3)
                throw new InvalidDataException($"The token '{token}' has the log-probability {logProbability}. Expected a natural logarithm, at most 0.");
            if (rules.FindOption(token) is >= 0 and var option)
            {
                weights[option] += Math.Exp(logProbability);
                found[option] = true;
                valid++;
            }
        }

        return new AnswerDistribution(rules, [.. tokens.Select(token => token.Token)], weights, valid, (double)found.Count(isFound => isFound) / found.Length);
    }
}
