namespace Microsoft.ML.ModalityGap;

/// <summary>Something that is measured of a data set behind a method. A new one is a file here, and a line of <see cref="BenchmarkTasks"/>.</summary>
internal interface IBenchmarkTask
{
    /// <summary>What it is called on the command line and in tables.</summary>
    string Name { get; }

    /// <summary>Whether a data set has what it takes.</summary>
    bool Fits(BenchmarkData data);

    /// <summary>The measures.</summary>
    /// <exception cref="InvalidDataException">There are too few rows for it; the message says so.</exception>
    IEnumerable<TaskMeasure> Measure(TaskInput input);
}
