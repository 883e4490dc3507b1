using System.Globalization;
using System.Text;

namespace Microsoft.ML.ModalityGap;

/// <summary>What a benchmark measured: models × data sets × methods, by task. Made by <see cref="BenchmarkCatalog.Benchmark"/>.</summary>
/// <remarks>The same models, data and options give the same result, byte for byte: no time and no path of the machine is in it.</remarks>
public sealed class BenchmarkResult
{
    /// <summary>The file of <see cref="Save"/> that holds everything.</summary>
    internal const string JsonName = "results.json";

    internal BenchmarkResult(
        IReadOnlyList<BenchmarkMeasurement> measurements, IReadOnlyList<BenchmarkFinding> findings, IReadOnlyList<string> notMeasured, IReadOnlyList<(string Name, string Value)> provenance)
    {
        (Measurements, Findings, NotMeasured, Provenance) = (measurements, findings, notMeasured, provenance);
    }

    /// <summary>All measurements, by model, data set, what was fitted on, method and task.</summary>
    public IReadOnlyList<BenchmarkMeasurement> Measurements { get; }

    /// <summary>What was left out of the data sets, and why.</summary>
    public IReadOnlyList<BenchmarkFinding> Findings { get; }

    /// <summary>What was asked for and could not be measured, each with its reason.</summary>
    public IReadOnlyList<string> NotMeasured { get; }

    /// <summary>Where the measurements come from: names and values.</summary>
    public IReadOnlyList<(string Name, string Value)> Provenance { get; }

    /// <summary>A measurement.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="data">The data set's.</param>
    /// <param name="method">The method's.</param>
    /// <param name="task">The task's.</param>
    /// <param name="measure">The measure's.</param>
    /// <exception cref="ArgumentException">There is none, or one for each of several things fitted on.</exception>
    public double GetValue(string model, string data, string method, string task, string measure)
    {
        BenchmarkMeasurement[] found =
        [
            .. Measurements.Where(entry => entry.Model == model && entry.Data == data && entry.Method == method && entry.Task == task && entry.Measure == measure),
        ];
        return found.Length switch
        {
            1 => found[0].Value,
            0 => throw new ArgumentException($"There is no '{measure}' of '{task}' of '{data}' by '{model}' and '{method}'.", nameof(measure)),
            _ => throw new ArgumentException($"There are {found.Length}, fitted on {string.Join(", ", found.Select(entry => entry.FittedOn))}: take them from {nameof(Measurements)}.", nameof(measure)),
        };
    }

    /// <summary>A line a measurement, behind a heading; values with all their digits.</summary>
    public string ToCsv() => BenchmarkCsv.Write(Measurements);

    /// <summary>Everything as one JSON object.</summary>
    public string ToJson() => BenchmarkJson.Write(this);

    /// <summary>A page with a table per data set and task, what was left out, and where it comes from.</summary>
    public string ToHtml() => BenchmarkPage.Write(this);

    /// <summary>Writes results.csv, results.json and report.html into a folder, which is made where it is not there; each appears when it is complete.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public void Save(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Directory.CreateDirectory(folder);
        foreach (var (name, content) in new[] { ("results.csv", ToCsv()), (JsonName, ToJson()), ("report.html", ToHtml()) })
            AtomicFile.Write(Path.Combine(folder, name), stream => stream.Write(Encoding.UTF8.GetBytes(content)));
    }

    /// <summary>How much was measured.</summary>
    public override string ToString() =>
        $"{Count(Measurements.Count, "measurement")} of {Count(Measurements.Select(entry => entry.Model).Distinct().Count(), "model")} on {Count(Measurements.Select(entry => entry.Data).Distinct().Count(), "data set")}";

    private static string Count(int number, string what) => string.Create(CultureInfo.InvariantCulture, $"{number} {what}{(number == 1 ? "" : "s")}");
}
