using System.Text.RegularExpressions;
using TinyClip;

namespace Pretraining;

/// <summary>A text as numbers of words, a part of it kept aside to measure on.</summary>
internal sealed partial class Corpus
{
    /// <summary>Stands for every word that is too rare to have a number.</summary>
    private const string Unknown = "<unknown>";
    private const int LargestVocabulary = 4000;
    private const int HeldOutPart = 10;

    private Corpus(string source, int[] train, int[] heldOut, int vocabularySize) => (Source, Train, HeldOut, VocabularySize) = (source, train, heldOut, vocabularySize);

    internal string Source { get; }

    internal int[] Train { get; }

    internal int[] HeldOut { get; }

    internal int VocabularySize { get; }

    /// <summary>The captions of drawn scenes, a sentence after the other.</summary>
    internal static Corpus FromScenes(int scenes, ulong seed) =>
        Create($"captions of {scenes} drawn scenes", string.Join("\n", SceneDataset.Create(SceneSplit.Train, scenes, seed).SelectMany(scene => scene.Captions).Select(caption => caption + ".")));

    /// <exception cref="InvalidDataException">The text is too short.</exception>
    internal static Corpus FromFile(FileInfo file) => Create(file.Name, File.ReadAllText(file.FullName));

    /// <summary>The words of a text in lower case, punctuation marks among them.</summary>
    internal static Corpus Create(string source, string text)
    {
        var words = Word().Matches(text).Select(match => match.Value.ToLowerInvariant()).ToArray();
        if (words.Length < HeldOutPart * 2 * (ModelShape.ContextLength + 1))
            throw new InvalidDataException($"{source} has {words.Length} words; a training takes {HeldOutPart * 2 * (ModelShape.ContextLength + 1)} at least.");
        string[] vocabulary = [Unknown, .. words.CountBy(word => word).OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key, StringComparer.Ordinal).Take(LargestVocabulary - 1).Select(entry => entry.Key)];
        var numbers = vocabulary.Index().ToDictionary(entry => entry.Item, entry => entry.Index, StringComparer.Ordinal);
        var ids = Array.ConvertAll(words, word => numbers.GetValueOrDefault(word));
        var border = ids.Length - ids.Length / HeldOutPart;
        return new Corpus(source, ids[..border], ids[border..], vocabulary.Length);
    }

    /// <summary>Pieces of one token more than a model sees, from anywhere in a part: row-major, count·(length + 1).</summary>
    internal static long[] Draw(int[] part, int count, ref SplitMix64 random)
    {
        const int Length = ModelShape.ContextLength + 1;
        var pieces = new long[count * Length];
        for (var i = 0; i < count; i++)
        {
            var start = random.Next(part.Length - Length + 1);
            for (var t = 0; t < Length; t++)
                pieces[i * Length + t] = part[start + t];
        }

        return pieces;
    }

    [GeneratedRegex(@"\w+|[^\w\s]")]
    private static partial Regex Word();
}
