using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary><c>evaluate-table</c>: measures a table of token embeddings, of a .npy file or inside an ONNX model.</summary>
internal sealed class EvaluateTableCommand : CommandBase
{
    private readonly Argument<string> _file = new("file") { Description = "A .npy file of shape (tokens, D), or an ONNX model (.onnx), such as a text encoder." };

    private readonly Option<string> _initializer = new("--initializer")
    {
        Description = "The model's initializer to measure. Default: the largest table that the model looks rows up in.",
        HelpName = "name",
    };

    internal EvaluateTableCommand(ToolConsole console)
        : base("evaluate-table", "Measure a token embedding table: variability (TEV), effective rank, anisotropy.", console)
    {
        Arguments.Add(_file);
        Options.Add(_initializer);
    }

    private protected override void Run(Session session, ParseResult result)
    {
        var path = result.GetRequiredValue(_file);
        var metrics = session.Track("Measuring", total: null, _ => Task.Run(() => session.ML.ModalityGap().EvaluateEmbeddingTable(path, result.GetValue(_initializer)))
            .WaitAsync(session.CancellationToken).GetAwaiter().GetResult());
        if (result.GetValue(Json))
        {
            session.Console.WriteJson(new JsonObject
            {
                ["source"] = metrics.Source,
                ["rows"] = metrics.RowCount,
                ["zeroRows"] = metrics.ZeroRowCount,
                ["dimension"] = metrics.Dimension,
                ["tokenVariability"] = metrics.TokenVariability,
                ["tokenVariabilitySpread"] = metrics.TokenVariabilitySpread,
                ["effectiveRank"] = metrics.EffectiveRank,
                ["anisotropy"] = metrics.Anisotropy,
            });
            return;
        }

        static string Format(double value) => value.ToString("G5", CultureInfo.InvariantCulture);
        session.Console.WriteTables(
        [
            new TextTable(string.Create(CultureInfo.InvariantCulture, $"{metrics.Source}: {metrics.RowCount:N0} rows of {metrics.Dimension} dimensions"), ["measure", "value"])
            {
                Rows =
                [
                    ["token variability (TEV)", Format(metrics.TokenVariability)],
                    ["its spread over the tokens", Format(metrics.TokenVariabilitySpread)],
                    ["effective rank", Format(metrics.EffectiveRank)],
                    ["anisotropy", Format(metrics.Anisotropy)],
                ],
                Note = metrics.ZeroRowCount == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{metrics.ZeroRowCount:N0} rows are zero and left out"),
            },
        ]);
    }
}
