namespace Microsoft.ML.ModalityGap;

/// <summary>What to do with rows that statistics cannot use: NaN, infinity, a zero vector where rows are normalised, a wrong length.</summary>
public enum UnusableRows
{
    /// <summary>Throw, naming the column, the row and what was found.</summary>
    Throw,

    /// <summary>Leave such rows out, count them, and log one warning.</summary>
    Skip,
}
