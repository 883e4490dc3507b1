using System.Globalization;
using System.Text;

namespace Microsoft.ML.ModalityGap;

/// <summary>Measurements as comma-separated values (RFC 4180).</summary>
internal static class BenchmarkCsv
{
    internal static string Write(IReadOnlyList<BenchmarkMeasurement> measurements)
    {
        var csv = new StringBuilder("model,data,part,task,method,took,fitted on,pairs fitted on,measure,value,count\n");
        foreach (var entry in measurements)
        {
            csv.AppendJoin(',', new[] { entry.Model, entry.Data, entry.Part, entry.Task, entry.Method, entry.Took, entry.FittedOn }.Select(Quote))
                .Append(CultureInfo.InvariantCulture, $",{entry.FitCount},{Quote(entry.Measure)},{entry.Value:R},{entry.Count}\n");
        }

        return csv.ToString();
    }

    private static string Quote(string cell) => cell.AsSpan().ContainsAny(",\"\r\n") ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;
}
