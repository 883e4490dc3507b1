using System.Globalization;
using System.Text;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>What a run came to, as a table of Markdown.</summary>
internal static class FuzzTable
{
    internal static string Write(FuzzRun run, bool hasEdges)
    {
        var text = new StringBuilder();
        text.AppendLine("| reader | inputs | of them read | distinct edges | slowest | most memory | faults |");
        text.AppendLine("| --- | --- | --- | --- | --- | --- | --- |");
        foreach (var result in run.Results.OrderBy(result => result.Target, StringComparer.Ordinal))
            AppendRow(text, result, hasEdges, result.EdgeCount);
        var total = new TargetResult { Target = "all" };
        foreach (var result in run.Results)
            total.Add(result);
        AppendRow(text, total, hasEdges, run.Results.Sum(result => result.EdgeCount));
        text.AppendLine(string.Create(CultureInfo.InvariantCulture, $"\n{total.Inputs} inputs in {run.Elapsed.TotalMinutes:0.0} minutes, {total.ProcessorSeconds:0} s of processor time; {total.FaultCount} faults in {total.Faults.Count} places."));
        return text.ToString();
    }

    private static void AppendRow(StringBuilder text, TargetResult result, bool hasEdges, int edges) => text.AppendLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {result.Target} | {result.Inputs} | {(result.Inputs == 0 ? 0 : 100.0 * result.Accepted / result.Inputs):0} % | {(hasEdges ? edges.ToString(CultureInfo.InvariantCulture) : "–")} | {1000 * result.SlowestSeconds:0} ms | {result.MostBytes / 1048576.0:0.0} MB | {result.FaultCount} |"));
}
