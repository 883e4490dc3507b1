namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>What was probably meant by a word that is none of those expected.</summary>
internal static class Suggestion
{
    // More slips than that, and it is another word.
    private const int MaximumSlips = 2;

    /// <summary>" Did you mean 'evaluate'?", or nothing where no name is near.</summary>
    internal static string Describe(string word, IEnumerable<string> names) => Find(word, names) is { } name ? $" Did you mean '{name}'?" : "";

    /// <summary>The name nearest to a word, or <see langword="null"/> where none is near. A name that begins with the word counts as near.</summary>
    internal static string? Find(string word, IEnumerable<string> names) => names
        .Select(name => (Name: name, Slips: CountSlips(word.ToLowerInvariant(), name.ToLowerInvariant())))
        .Where(entry => entry.Slips <= Math.Min(MaximumSlips, entry.Name.Length / 3) || (word.Length >= 3 && entry.Name.StartsWith(word, StringComparison.OrdinalIgnoreCase)))
        .OrderBy(entry => entry.Slips)
        .Select(entry => entry.Name)
        .FirstOrDefault();

    /// <summary>A choice that does not exist, with those that do.</summary>
    internal static UsageException CreateException(string option, string value, IEnumerable<string> choices)
    {
        string[] names = [.. choices];
        return new UsageException($"There is no {option} '{value}'. There is {string.Join(", ", names)}.{Describe(value, names)}");
    }

    /// <summary>The distance of Damerau and Levenshtein with transpositions of neighbours: letters put in, left out, mistaken or swapped.</summary>
    private static int CountSlips(string first, string second)
    {
        var distances = new int[first.Length + 1, second.Length + 1];
        for (var i = 0; i <= first.Length; i++)
        {
            for (var j = 0; j <= second.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    distances[i, j] = i + j;
                    continue;
                }

                var replaced = distances[i - 1, j - 1] + (first[i - 1] == second[j - 1] ? 0 : 1);
                distances[i, j] = Math.Min(replaced, 1 + Math.Min(distances[i - 1, j], distances[i, j - 1]));
                if (i > 1 && j > 1 && first[i - 1] == second[j - 2] && first[i - 2] == second[j - 1])
                    distances[i, j] = Math.Min(distances[i, j], distances[i - 2, j - 2] + 1);
            }
        }

        return distances[first.Length, second.Length];
    }
}
