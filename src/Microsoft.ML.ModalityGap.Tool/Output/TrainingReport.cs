using System.Globalization;
using System.Text.Json.Nodes;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>The epochs of a training as JSON and as a table.</summary>
internal static class TrainingReport
{
    internal static JsonArray ToJson(IEnumerable<TrainingEpoch> epochs) => new([.. epochs.Select(epoch => (JsonNode)new JsonObject
    {
        ["epoch"] = epoch.Epoch,
        ["steps"] = epoch.Steps,
        ["loss"] = epoch.Loss,
        ["validationLoss"] = epoch.ValidationLoss,
        ["gap"] = epoch.Gap,
        ["recallAt1"] = epoch.Recall,
    })]);

    internal static TextTable ToTable(IEnumerable<TrainingEpoch> epochs) => new("Training", ["epoch", "steps", "loss", "held-out loss", "gap", "recall@1"])
    {
        Rows =
        [
            .. epochs.Select(epoch => (string[])
            [
                epoch.Epoch.ToString(CultureInfo.InvariantCulture),
                epoch.Steps.ToString(CultureInfo.InvariantCulture),
                Format(epoch.Loss),
                epoch.ValidationLoss is { } loss ? Format(loss) : "",
                Format(epoch.Gap),
                Format(epoch.Recall),
            ]),
        ],
    };

    private static string Format(double value) => value.ToString("F4", CultureInfo.InvariantCulture);
}
