using System.Globalization;
using System.Text.Json.Nodes;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>A correction of similarities as JSON and as a table.</summary>
internal static class CorrectionReport
{
    internal static JsonObject ToJson(SimilarityCorrection correction) => new()
    {
        ["hubness"] = correction.Hubness.ToString(),
        ["standardization"] = correction.Standardization?.ToString(),
        ["bankRows"] = new JsonObject(correction.Modalities.Select(name => KeyValuePair.Create<string, JsonNode?>(name, correction.GetBankCount(name)))),
        ["moments"] = new JsonArray([.. correction.Moments.Select(entry => (JsonNode)new JsonObject
        {
            ["query"] = entry.QueryModality,
            ["gallery"] = entry.GalleryModality,
            ["mean"] = entry.Mean,
            ["deviation"] = entry.Deviation,
            ["count"] = entry.Count,
        })]),
        ["calibrations"] = new JsonArray([.. correction.Calibrations.Select(entry => (JsonNode)new JsonObject
        {
            ["query"] = entry.QueryModality,
            ["slope"] = entry.Slope,
            ["intercept"] = entry.Intercept,
            ["matches"] = entry.MatchCount,
            ["fromPairs"] = entry.FromPairs,
        })]),
    };

    internal static TextTable ToTable(SimilarityCorrection correction) => new(
        $"correction of similarities: {correction.Hubness}, standardised by {correction.Standardization?.ToString() ?? "nothing"}", ["query", "gallery", "mean", "deviation", "even odds at"])
    {
        Rows = [.. correction.Moments.Select(entry => (IReadOnlyList<string>)
        [
            entry.QueryModality,
            entry.GalleryModality,
            entry.Mean.ToString("F4", CultureInfo.InvariantCulture),
            entry.Deviation.ToString("F4", CultureInfo.InvariantCulture),
            correction.FindCalibration(entry.QueryModality) is { Slope: > 0 } calibration ? (-calibration.Intercept / calibration.Slope).ToString("F2", CultureInfo.InvariantCulture) : "",
        ])],
        Note = correction.Calibrations.Count == 0 ? "not calibrated to probabilities" : "even odds: the score at which a match is as probable as not",
    };
}
