using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

/// <summary>Compares language models with people who disagree.</summary>
public static class LanguageModelDisagreementCatalog
{
    private const string Score = "Score";
    private const string Votes = "Votes";
    private const string OldLabel = "OldLabel";

    /// <summary>The kind of annotation that names a vector's slots, which ML.NET has no public name for.</summary>
    private const string SlotNames = "SlotNames";

    /// <summary>Puts questions to a language model and compares its distributions over the options with people's: the whole procedure of the paper.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="questions">The questions, asked one after the other.</param>
    /// <param name="estimator">How the model is asked: many times, or once for probabilities.</param>
    /// <param name="options">Options of the measures; <see langword="null"/> for the defaults. <see cref="HumanDisagreementOptions.Paper"/> for the authors' Kullback–Leibler divergence.</param>
    /// <param name="cancellationToken">Cancels the requests under way. To keep what was answered so far, use <see cref="AnswerEstimator.EstimateAllAsync"/> and then the other overload.</param>
    /// <exception cref="ArgumentException">There is no question, a vote or an old label is for no option, or some questions have an old label and others none.</exception>
    /// <exception cref="TimeoutException">The model did not answer in time, in the last of the allowed tries either.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <example>
    /// <code>
    /// var estimator = new MonteCarloAnswerEstimator(chatClient, AnswerRules.NaturalLanguageInference);
    /// LanguageModelDisagreement result = await mlContext.ModalityGap().EvaluateHumanDisagreementAsync(questions, estimator, HumanDisagreementOptions.Paper);
    /// </code>
    /// </example>
    public static async Task<LanguageModelDisagreement> EvaluateHumanDisagreementAsync(
        this ModalityGapCatalog catalog,
        IReadOnlyList<VotedQuestion> questions,
        AnswerEstimator estimator,
        HumanDisagreementOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(estimator);

        // Before anything is asked, which may cost money.
        CheckQuestions(questions, estimator.Rules.Names);
        var distributions = new List<AnswerDistribution>(questions.Count);
        foreach (var question in questions)
            distributions.Add(await estimator.EstimateAsync(question.Messages, cancellationToken).ConfigureAwait(false));
        return catalog.EvaluateHumanDisagreement(questions, distributions, options);
    }

    /// <summary>Compares distributions that a language model gave before with people's.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="questions">The questions.</param>
    /// <param name="distributions">The model's distributions over the same options, one for each question.</param>
    /// <param name="options">Options of the measures; <see langword="null"/> for the defaults. The kind of scores and the column of old labels are known and play no part.</param>
    /// <exception cref="ArgumentException">There is no question, or another number of distributions; a vote or an old label is for no option, or some questions have an old label and
    /// others none.</exception>
    public static LanguageModelDisagreement EvaluateHumanDisagreement(
        this ModalityGapCatalog catalog,
        IReadOnlyList<VotedQuestion> questions,
        IReadOnlyList<AnswerDistribution> distributions,
        HumanDisagreementOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(questions);
        ArgumentNullException.ThrowIfNull(distributions);
        if (questions.Count != distributions.Count)
            throw new ArgumentException($"There are {questions.Count} questions, but {distributions.Count} distributions.", nameof(distributions));
        var names = distributions.Count > 0 ? distributions[0].Names : [];
        if (distributions.FirstOrDefault(distribution => !distribution.Names.SequenceEqual(names)) is { } other)
            throw new ArgumentException($"One distribution is over {string.Join(", ", names)}, another over {string.Join(", ", other.Names)}.", nameof(distributions));
        CheckQuestions(questions, names);

        var definition = SchemaDefinition.Create(typeof(Row));
        var type = new VectorDataViewType(TextDataViewType.Instance, names.Count);
        definition[Score].ColumnType = definition[Votes].ColumnType = new VectorDataViewType(NumberDataViewType.Double, names.Count);
        definition[Score].AddAnnotation(SlotNames, new VBuffer<ReadOnlyMemory<char>>(names.Count, [.. names.Select(name => name.AsMemory())]), type);
        var data = new MLContext().Data.LoadFromEnumerable(
            questions.Zip(distributions, (question, distribution) => new Row
            {
                Score = [.. distribution.Shares],
                Votes = [.. names.Select(name => question.Votes.GetValueOrDefault(name))],
                OldLabel = question.OldLabel ?? "",
            }),
            definition);
        options = (options ?? HumanDisagreementOptions.Default) with
        {
            ScoreKind = ScoreKind.Probabilities,
            OldLabelColumnName = questions[0].OldLabel is null ? null : OldLabel,
        };
        return new LanguageModelDisagreement(catalog.EvaluateHumanDisagreement(data, Score, Votes, options), [.. distributions]);
    }

    private static void CheckQuestions(IReadOnlyList<VotedQuestion> questions, IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(questions);
        if (questions.Count == 0)
            throw new ArgumentException("There is no question.", nameof(questions));
        for (var i = 0; i < questions.Count; i++)
        {
            var used = questions[i].OldLabel is { } label ? questions[i].Votes.Keys.Append(label) : questions[i].Votes.Keys;
            if (used.FirstOrDefault(name => !names.Contains(name)) is { } unknown)
                throw new ArgumentException($"Question {i} has a vote or a label for '{unknown}', which is none of the options: {string.Join(", ", names)}.", nameof(questions));
            if (questions[i].OldLabel is null != questions[0].OldLabel is null)
                throw new ArgumentException($"Question {(questions[0].OldLabel is null ? 0 : i)} has no old label, but others have one. Give all of them one, or none.", nameof(questions));
        }
    }

    private sealed class Row
    {
        public double[] Score { get; set; } = [];

        public double[] Votes { get; set; } = [];

        public string OldLabel { get; set; } = "";
    }
}
