namespace Microsoft.ML.ModalityGap;

/// <summary>The order in which people count files: runs of digits by their value, all else by its characters.</summary>
internal static class NaturalOrder
{
    internal static int Compare(string first, string second)
    {
        var (i, j) = (0, 0);
        while (i < first.Length && j < second.Length)
        {
            if (!char.IsAsciiDigit(first[i]) || !char.IsAsciiDigit(second[j]))
            {
                if (first[i] != second[j])
                    return first[i].CompareTo(second[j]);
                i++;
                j++;
                continue;
            }

            var x = TakeNumber(first, ref i);
            var y = TakeNumber(second, ref j);
            var order = x.Length != y.Length ? x.Length.CompareTo(y.Length) : x.SequenceCompareTo(y);
            if (order != 0)
                return order;
        }

        // Numbers that differ in leading zeros alone: the names themselves decide.
        return (first.Length - i).CompareTo(second.Length - j) is var rest and not 0 ? rest : string.CompareOrdinal(first, second);
    }

    /// <summary>The digits of a number without leading zeros.</summary>
    private static ReadOnlySpan<char> TakeNumber(string text, ref int at)
    {
        var start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
            at++;
        return text.AsSpan(start, at - start).TrimStart('0');
    }
}
