using System.Text.Json.Nodes;

namespace NotebookRunner;

/// <summary>What running a cell came to.</summary>
/// <param name="Outputs">What it put out, in the file's form.</param>
/// <param name="Error">What went wrong; null if nothing did.</param>
public sealed record CellResult(IReadOnlyList<JsonObject> Outputs, string? Error);
