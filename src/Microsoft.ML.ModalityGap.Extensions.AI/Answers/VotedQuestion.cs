using Microsoft.Extensions.AI;

namespace Microsoft.ML.ModalityGap;

/// <summary>A question that several people have answered, to be put to a language model.</summary>
public sealed class VotedQuestion
{
    /// <summary>Creates the question from any messages.</summary>
    /// <param name="messages">The question with its options, as the model is to read it; at least one message.</param>
    /// <param name="votes">How many people chose each option, or which share of them; options that are not named got no vote.</param>
    /// <param name="oldLabel">The single label the question had before many people were asked; <see langword="null"/> for none.</param>
    /// <exception cref="ArgumentException">There is no message, no vote, or a number of votes that is negative or not finite.</exception>
    public VotedQuestion(IReadOnlyList<ChatMessage> messages, IReadOnlyDictionary<string, double> votes, string? oldLabel = null)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ArgumentNullException.ThrowIfNull(votes);
        if (messages.Count == 0)
            throw new ArgumentException("There is no message.", nameof(messages));
        if (votes.FirstOrDefault(entry => !(entry.Value >= 0) || !double.IsFinite(entry.Value)) is { Key: { } option } bad)
            throw new ArgumentException($"'{option}' has {bad.Value} votes. Expected a finite number from 0.", nameof(votes));
        if (!(votes.Values.Sum() > 0))
            throw new ArgumentException("Nobody has voted.", nameof(votes));
        (Messages, Votes, OldLabel) = ([.. messages], new Dictionary<string, double>(votes, StringComparer.Ordinal), oldLabel);
    }

    /// <summary>Creates the question from one message.</summary>
    /// <param name="question">The question with its options, as the model is to read it.</param>
    /// <param name="votes">How many people chose each option, or which share of them; options that are not named got no vote.</param>
    /// <param name="oldLabel">The single label the question had before many people were asked; <see langword="null"/> for none.</param>
    /// <exception cref="ArgumentException">The question is empty, there is no vote, or a number of votes is negative or not finite.</exception>
    public VotedQuestion(string question, IReadOnlyDictionary<string, double> votes, string? oldLabel = null)
        : this([new ChatMessage(ChatRole.User, CheckQuestion(question))], votes, oldLabel)
    {
    }

    /// <summary>What the model reads.</summary>
    public IReadOnlyList<ChatMessage> Messages { get; }

    /// <summary>What people chose, by the options' names.</summary>
    public IReadOnlyDictionary<string, double> Votes { get; }

    /// <summary>The single label from before; <see langword="null"/> for none.</summary>
    public string? OldLabel { get; }

    private static string CheckQuestion(string question)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(question);
        return question;
    }
}
