namespace Microsoft.ML.ModalityGap;

/// <summary>The parts that data sets are dealt in, by one name each, whatever their files call them.</summary>
internal static class DataParts
{
    internal const string Training = "train";
    internal const string Validation = "val";
    internal const string Test = "test";

    /// <summary>The part of a name, such as Karpathy's <c>restval</c>; one that means nothing here is measured, too.</summary>
    internal static string Parse(string name) => name.Trim().ToLowerInvariant() switch
    {
        "train" or "training" or "restval" => Training,
        "val" or "valid" or "validation" or "dev" => Validation,
        _ => Test,
    };
}
