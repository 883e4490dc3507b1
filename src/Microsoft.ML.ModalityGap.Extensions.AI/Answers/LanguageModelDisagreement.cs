namespace Microsoft.ML.ModalityGap;

/// <summary>How a language model's answers go with people's, and what they were.</summary>
public sealed class LanguageModelDisagreement
{
    internal LanguageModelDisagreement(HumanDisagreementMetrics metrics, IReadOnlyList<AnswerDistribution> distributions)
    {
        (Metrics, Distributions) = (metrics, distributions);
        MeanValidRatio = distributions.Average(distribution => distribution.ValidRatio);
        UniformCount = distributions.Count(distribution => !distribution.HasValidAnswer);
    }

    /// <summary>The measures over the questions.</summary>
    public HumanDisagreementMetrics Metrics { get; }

    /// <summary>The model's distributions, in the order of the questions.</summary>
    public IReadOnlyList<AnswerDistribution> Distributions { get; }

    /// <summary>The mean of <see cref="AnswerDistribution.ValidRatio"/>, from 0 to 1: how far the measures say something of the model.</summary>
    public double MeanValidRatio { get; }

    /// <summary>The number of questions without a valid answer, whose distribution was taken as uniform.</summary>
    public int UniformCount { get; }

    /// <summary>The measures as text.</summary>
    public override string ToString() =>
        Metrics + Environment.NewLine + FormattableString.Invariant($"valid answers {MeanValidRatio:P1}; {UniformCount} of {Distributions.Count} questions without one, taken as uniform");
}
