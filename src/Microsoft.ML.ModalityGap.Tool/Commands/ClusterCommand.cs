using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary><c>cluster</c>: k-means over all modalities together, and whether the clusters follow the content or the modality.</summary>
internal sealed class ClusterCommand : CommandBase
{
    private readonly ModalityOptions _modalities = new();

    private readonly MapOptions _map = new("Cluster the rows behind the maps of this file.");

    private readonly Option<string> _labels = new("--labels") { Description = "The class of each row, one a line, of all modalities; a blank line is a row without. The clusters are compared with them.", HelpName = "file" };

    private readonly Option<int?> _clusters = new Option<int?>("--clusters") { Description = "How many clusters. Default: as many as there are labels.", HelpName = "number" }.Within(1);

    private readonly Option<int?> _restarts = new Option<int?>("--restarts") { Description = $"How often k-means begins anew; the best run counts. Default {ClusteringEvaluationOptions.Default.Restarts}.", HelpName = "number" }.Within(1);

    private readonly Option<int> _seed = new("--seed") { Description = "Seeds the choice of the first centres. Default 0.", HelpName = "number" };

    private readonly Option<string> _out = new("--out") { Description = "Write a line for each row of each modality: modality, row, item where 'embed' has said it, cluster; separated by tabs.", HelpName = "file" };

    internal ClusterCommand(ToolConsole console)
        : base("cluster", "Cluster all modalities together (k-means), and measure whether clusters follow labels or modalities.", console)
    {
        _modalities.AddTo(this);
        _map.AddTo(this);
        foreach (var option in (Option[])[_labels, _clusters, _restarts, _seed, _out])
            Options.Add(option);
    }

    private protected override int? GetSeed(ParseResult result) => result.GetValue(_seed);

    private protected override void Run(Session session, ParseResult result)
    {
        var (labelPath, outPath, clusters) = (result.GetValue(_labels), result.GetValue(_out), result.GetValue(_clusters));
        if (labelPath is null && clusters is null)
            throw new UsageException("Say how many clusters there are to be, with --clusters, or give --labels, of which there is a cluster each.");
        var input = _modalities.Open(session, result);
        if (outPath is not null)
            OutputFile.Check(session, outPath, [.. input.Paths, .. new[] { labelPath, _map.GetPath(result) }.OfType<string>()]);
        var view = _map.Load(session, result) is { } model ? MapApplication.CreateTransformer(session.ML, model, input).Transform(input.View) : input.View;
        if (_map.GetPath(result) is not null)
            session.WarnOfFittedRows(view, input.Names);

        var labels = labelPath is null ? null : TextLines.ReadFor(labelPath, input.RowCount, input.Paths[0]).ConvertAll(label => label.Trim());
        var options = new ClusteringEvaluationOptions { ClusterCount = clusters, Restarts = result.GetValue(_restarts) ?? ClusteringEvaluationOptions.Default.Restarts, Seed = result.GetValue(_seed) };
        var columns = ModalityColumns.PerRow(nameof(ClusterRow.Embedding), nameof(ClusterRow.Modality));
        var metrics = session.Track("Clustering", total: null, _ => Task.Run(() =>
                session.ML.ModalityGap().EvaluateClustering(ClusterRow.Create(session.ML, view, input.Names, labels), columns, labels is null ? null : nameof(ClusterRow.Label), options))
            .WaitAsync(session.CancellationToken).GetAwaiter().GetResult());
        if (outPath is not null)
            AtomicFile.Write(outPath, stream => WriteLines(stream, input, metrics));
        if (result.GetValue(Json))
            session.Console.WriteJson(ToJson(metrics, GetRowAgreement(input, metrics)));
        else
            session.Console.WriteTables([ToTable(input, metrics, GetRowAgreement(input, metrics))]);
    }

    /// <summary>The share of rows all of whose modalities fall into one cluster.</summary>
    private static double GetRowAgreement(ModalityInput input, ClusteringMetrics metrics)
    {
        var count = (int)input.RowCount;
        return Enumerable.Range(0, count).Count(row => Enumerable.Range(1, input.Names.Count - 1).All(m => metrics.Clusters[(m * count) + row] == metrics.Clusters[row])) / (double)count;
    }

    private static JsonObject ToJson(ClusteringMetrics metrics, double rowAgreement) => new()
    {
        ["vectors"] = metrics.Count,
        ["clusters"] = metrics.ClusterCount,
        ["meanSquaredDistance"] = metrics.MeanSquaredDistance,
        ["labels"] = metrics.Labels is { } labels ? ToJson(labels) : null,
        ["modalities"] = ToJson(metrics.Modalities),
        ["rowAgreement"] = rowAgreement,
    };

    private static JsonObject ToJson(ClusterAgreement agreement) => new()
    {
        ["groups"] = agreement.GroupCount,
        ["adjustedRandIndex"] = agreement.AdjustedRandIndex,
        ["normalizedMutualInformation"] = agreement.GetNormalizedMutualInformation(),
        ["homogeneity"] = agreement.Homogeneity,
        ["completeness"] = agreement.Completeness,
        ["vMeasure"] = agreement.VMeasure,
    };

    private static TextTable ToTable(ModalityInput input, ClusteringMetrics metrics, double rowAgreement)
    {
        static string Format(double? value) => value?.ToString("F4", CultureInfo.InvariantCulture) ?? "";
        string[] Row(string name, Func<ClusterAgreement, double> get) =>
            metrics.Labels is { } labels ? [name, Format(get(labels)), Format(get(metrics.Modalities))] : [name, Format(get(metrics.Modalities))];
        return new TextTable(
            string.Create(CultureInfo.InvariantCulture, $"{string.Join(" and ", input.Names)}: {metrics.ClusterCount:N0} clusters of {metrics.Count:N0} rows, mean squared distance {metrics.MeanSquaredDistance:F4}"),
            metrics.Labels is null ? ["clusters against", "modalities"] : ["clusters against", "labels", "modalities"])
        {
            Rows =
            [
                Row("adjusted Rand index", agreement => agreement.AdjustedRandIndex),
                Row("NMI", agreement => agreement.GetNormalizedMutualInformation()),
                Row("homogeneity", agreement => agreement.Homogeneity),
                Row("completeness", agreement => agreement.Completeness),
                Row("V-measure", agreement => agreement.VMeasure),
            ],
            Note = string.Create(CultureInfo.InvariantCulture, $"rows whose modalities share a cluster: {rowAgreement:F4}"),
        };
    }

    private static void WriteLines(Stream stream, ModalityInput input, ClusteringMetrics metrics)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true) { NewLine = "\n" };
        var count = (int)input.RowCount;
        for (var m = 0; m < input.Names.Count; m++)
        {
            var items = TextLines.FindItems(input.Paths[m], count);
            for (var row = 0; row < count; row++)
                writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{input.Names[m]}\t{row}\t{TextLines.ToCell(items?[row])}\t{metrics.Clusters[(m * count) + row]}"));
        }
    }
}
