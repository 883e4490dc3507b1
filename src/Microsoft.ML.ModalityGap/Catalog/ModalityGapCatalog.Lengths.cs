namespace Microsoft.ML.ModalityGap;

public sealed partial class ModalityGapCatalog
{
    /// <summary>
    /// Measures whether long texts crowd together (length-induced embedding collapse): the mean cosine of two texts by their length, and how length goes with nearness to the mean of all.
    /// </summary>
    /// <remarks>Source: Zhou et al., Length-Induced Embedding Collapse in Transformer-based Models, 2024 (arXiv 2410.24200).</remarks>
    /// <param name="data">Texts: their embeddings and lengths.</param>
    /// <param name="textColumnName">The embeddings.</param>
    /// <param name="lengthColumnName">A number a row, such as of characters, words or tokens.</param>
    /// <param name="groupCount">Into how many groups of about as many texts to sort them; fewer where many have the same length. At least 1.</param>
    /// <param name="unusableRows">What to do with rows that cannot be used.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type, or <paramref name="groupCount"/> is below 1.</exception>
    /// <exception cref="InvalidDataException">A row or a length cannot be used, all lengths are the same, or there are fewer than 2 texts.</exception>
    public LengthCollapseMetrics EvaluateLengthCollapse(
        IDataView data, string textColumnName, string lengthColumnName, int groupCount = 4, UnusableRows unusableRows = UnusableRows.Throw)
    {
        CheckLengths(data, textColumnName, lengthColumnName, groupCount);
        return LengthEvaluator.Evaluate(_host, data, textColumnName, lengthColumnName, groupCount, unusableRows);
    }

    /// <summary>
    /// Fits a temperature per group of text lengths, so that similarities of short and long texts can be compared: T_g = σ_g/σ, σ_g the standard deviation of the cosines of the group's texts
    /// with a bank, σ that of all. <see cref="LengthTemperatures.Scale"/> gives every group the mean and the deviation of all.
    /// </summary>
    /// <remarks>
    /// <para>Helps where texts of many lengths stand in one ranking or are judged by one threshold; changes nothing within a group. The paper's TempScale sets a temperature inside the encoder's
    /// attention, which cannot be had on frozen embeddings: this is its counterpart behind the encoder. A mean of its own for each length group is had by
    /// <see cref="ModalityColumns.PerRow"/> with the group as modality.</para>
    /// <para>Source: Zhou et al., 2024 (arXiv 2410.24200).</para>
    /// </remarks>
    /// <param name="data">Texts: their embeddings and lengths.</param>
    /// <param name="textColumnName">The embeddings.</param>
    /// <param name="lengthColumnName">A number a row.</param>
    /// <param name="bank">What texts are compared with when they serve, such as images or queries: some hundred.</param>
    /// <param name="bankColumnName">Its embeddings.</param>
    /// <param name="groupCount">Into how many groups of about as many texts to sort them. At least 1.</param>
    /// <param name="unusableRows">What to do with rows that cannot be used.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type, or <paramref name="groupCount"/> is below 1.</exception>
    /// <exception cref="InvalidDataException">A row or a length cannot be used, the dimensions differ, or a group's similarities do not vary.</exception>
    public LengthTemperatures FitLengthTemperatures(
        IDataView data,
        string textColumnName,
        string lengthColumnName,
        IDataView bank,
        string bankColumnName,
        int groupCount = 4,
        UnusableRows unusableRows = UnusableRows.Throw)
    {
        CheckLengths(data, textColumnName, lengthColumnName, groupCount);
        ArgumentNullException.ThrowIfNull(bank);
        ArgumentException.ThrowIfNullOrEmpty(bankColumnName);
        return LengthEvaluator.Fit(_host, data, textColumnName, lengthColumnName, bank, bankColumnName, groupCount, unusableRows);
    }

    private static void CheckLengths(IDataView data, string textColumnName, string lengthColumnName, int groupCount)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentException.ThrowIfNullOrEmpty(textColumnName);
        ArgumentException.ThrowIfNullOrEmpty(lengthColumnName);
        ArgumentOutOfRangeException.ThrowIfLessThan(groupCount, 1);
    }
}
