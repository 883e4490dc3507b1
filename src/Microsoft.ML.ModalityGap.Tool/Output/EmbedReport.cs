using System.Globalization;
using System.Text.Json.Nodes;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>What <c>embed</c> has made, as JSON and as a table.</summary>
/// <param name="File">The .npy file.</param>
/// <param name="ItemsFile">The list of what its rows are.</param>
/// <param name="Items">What was embedded.</param>
/// <param name="Rows">How many rows there are.</param>
/// <param name="Dimension">Of the embeddings.</param>
/// <param name="ElementType">Of the file.</param>
/// <param name="LeftOut">Items without a row.</param>
/// <param name="ResumedFrom">How many items an interrupted run had done before.</param>
internal sealed record EmbedReport(
    string File, string ItemsFile, EmbeddingItems Items, int Rows, int Dimension, NpyElementType ElementType, IReadOnlyList<LeftOutItem> LeftOut, int ResumedFrom)
{
    internal JsonObject ToJson() => new()
    {
        ["file"] = File,
        ["items"] = ItemsFile,
        ["kind"] = Items.Kind,
        ["rows"] = Rows,
        ["dimension"] = Dimension,
        ["type"] = ElementTypes.GetName(ElementType),
        ["skipped"] = new JsonArray([.. LeftOut.Select(entry => new JsonObject { ["item"] = Items.Items[entry.Item], ["index"] = entry.Item, ["reason"] = entry.Reason })]),
        ["passedOver"] = new JsonObject(Items.PassedOver.Select(entry => KeyValuePair.Create<string, JsonNode?>(entry.Key, entry.Value))),
        ["resumedFrom"] = ResumedFrom,
    };

    internal TextTable ToTable() => new(File, ["rows", "dimension", "type", "left out", "items"])
    {
        Rows = [[Format(Rows), Dimension.ToString(CultureInfo.InvariantCulture), ElementTypes.GetName(ElementType), Format(LeftOut.Count), ItemsFile]],
        Note = ResumedFrom > 0 ? $"{Format(ResumedFrom)} of {Format(Items.Items.Count)} {Items.Kind} were done already." : null,
    };

    private static string Format(int count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
