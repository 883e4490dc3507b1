using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary><c>sweep</c>: gap and recall for many λ of the shift, as in Mind the Gap.</summary>
internal sealed class SweepCommand : CommandBase
{
    private readonly ModalityOptions _modalities = new();

    private readonly Option<string> _lambdas = new("--lambdas") { Description = "The parts of the gap to close, separated by commas. Default -0.5 to 1.5 in quarters.", HelpName = "a,b,..." };

    internal SweepCommand(ToolConsole console)
        : base("sweep", "Measure gap and recall while two modalities are shifted towards each other, as in Mind the Gap.", console)
    {
        _modalities.AddTo(this);
        Options.Add(_lambdas);
    }

    private protected override void Run(Session session, ParseResult result)
    {
        var lambdas = result.GetValue(_lambdas)?.Split(',').Select(Parse).ToArray();
        var input = _modalities.Open(session, result);
        if (input.Names.Count != 2)
            throw new UsageException($"sweep takes two modalities, but {input.Names.Count} {(input.Names.Count == 1 ? "is" : "are")} given: {string.Join(", ", input.Names)}.");
        var sweep = session.Track("Shifting", total: null, counter => session.ML.ModalityGap().SweepShift(new WatchedDataView(input.View, counter), input.Names[0], input.Names[1], lambdas));
        if (result.GetValue(Json))
        {
            session.Console.WriteJson(new JsonObject
            {
                ["best"] = sweep.Best.Lambda,
                ["points"] = new JsonArray([.. sweep.Points.Select(point => (JsonNode)new JsonObject
                {
                    ["lambda"] = point.Lambda,
                    ["gap"] = point.Gap,
                    ["recallFirstToSecond"] = point.FirstToSecond,
                    ["recallSecondToFirst"] = point.SecondToFirst,
                    ["mixedNdcg"] = point.MixedNdcg,
                })]),
            });
        }
        else
        {
            static string Format(double value) => value.ToString("F4", CultureInfo.InvariantCulture);
            session.Console.WriteTables(
            [
                new TextTable(
                    string.Create(CultureInfo.InvariantCulture, $"{input.Names[0]} and {input.Names[1]}: {input.RowCount:N0} pairs, fitted and measured on all"),
                    ["lambda", "gap", $"{input.Names[0]}->{input.Names[1]} R@1", $"{input.Names[1]}->{input.Names[0]} R@1", "mixed NDCG@10"])
                {
                    Rows = [.. sweep.Points.Select(point => (string[])
                        [point.Lambda.ToString("0.###", CultureInfo.InvariantCulture), Format(point.Gap), Format(point.FirstToSecond), Format(point.SecondToFirst), Format(point.MixedNdcg)])],
                },
            ]);
        }
    }

    private static double Parse(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var lambda) && double.IsFinite(lambda)
        ? lambda
        : throw new UsageException($"--lambdas takes numbers separated by commas, such as 0,0.5,1, but '{text}' was given.");
}
