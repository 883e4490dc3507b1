namespace Microsoft.ML.ModalityGap;

/// <summary>
/// A temperature per group of text lengths, by which similarities of texts of any length come to one scale: s' = m + (s − m_g)/T_g. Made by
/// <see cref="ModalityGapCatalog.FitLengthTemperatures"/>.
/// </summary>
public sealed class LengthTemperatures
{
    internal LengthTemperatures(IReadOnlyList<LengthTemperature> groups, double mean) => (Groups, Mean) = (groups, mean);

    /// <summary>The groups, the shortest first.</summary>
    public IReadOnlyList<LengthTemperature> Groups { get; }

    /// <summary>m, the mean cosine of all texts with the bank.</summary>
    public double Mean { get; }

    /// <summary>The group of a length: the first that reaches so far, or the last.</summary>
    /// <param name="length">In what the lengths were given in: characters, words or tokens.</param>
    public LengthTemperature GetGroup(double length) => Groups.FirstOrDefault(group => length <= group.MaximumLength) ?? Groups[^1];

    /// <summary>A similarity on the scale of all: m + (s − m_g)/T_g. Within texts of one group no order changes.</summary>
    /// <param name="similarity">The cosine of a text with something.</param>
    /// <param name="length">The text's length.</param>
    public double Scale(double similarity, double length)
    {
        var group = GetGroup(length);
        return Mean + (similarity - group.Mean) / group.Temperature;
    }
}
