namespace Microsoft.ML.ModalityGap;

/// <summary>What methods are fitted on. It decides the result, so every measurement states it.</summary>
public sealed record BenchmarkFit
{
    private BenchmarkFit(string name, string? data) => (Name, Data) = (name, data);

    /// <summary>The training part of the data set that is measured.</summary>
    public static BenchmarkFit TrainingPart { get; } = new(DataParts.Training, data: null);

    /// <summary>The very rows that are measured, as in the I0T paper. Methods look better than they are on new rows.</summary>
    public static BenchmarkFit MeasuredPart { get; } = new(DataParts.Test, data: null);

    /// <summary>How measurements name it.</summary>
    public string Name { get; }

    /// <summary>The name of the other data set, where it is one.</summary>
    public string? Data { get; }

    /// <summary>Another data set of the run: its training part, or all that it measures where it has none.</summary>
    /// <param name="name">Its name.</param>
    public static BenchmarkFit OtherData(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new(name, name);
    }

    /// <inheritdoc />
    public override string ToString() => Name;
}
