using System.Text;
using System.Text.Json.Nodes;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.CSharp;
using Microsoft.DotNet.Interactive.Events;

namespace NotebookRunner;

/// <summary>The C# kernel of .NET notebooks in this process: what one cell leaves the next can use.</summary>
public sealed class NotebookKernel : IDisposable
{
    private readonly CSharpKernel _kernel = new CSharpKernel().UseKernelHelpers();
    private readonly PackageReferences _references = new();

    /// <summary>Runs a cell.</summary>
    /// <param name="code">The cell.</param>
    /// <param name="executionCount">Its number.</param>
    /// <returns>What it put out, and what went wrong, if anything did.</returns>
    public async Task<CellResult> RunAsync(string code, int executionCount)
    {
        try
        {
            (code, var assemblies) = _references.Resolve(code);
            _kernel.AddAssemblyReferences(assemblies);
        }
        catch (InvalidDataException exception)
        {
            return new CellResult([], exception.Message);
        }

        var result = await _kernel.SendAsync(new SubmitCode(code)).ConfigureAwait(false);
        return new CellResult(
            [.. Collect(result.Events, executionCount)],
            result.Events.OfType<CommandFailed>().FirstOrDefault() is { } failure ? failure.Exception?.ToString() ?? failure.Message : null);
    }

    /// <inheritdoc />
    public void Dispose() => _kernel.Dispose();

    private static IEnumerable<JsonObject> Collect(IEnumerable<KernelEvent> events, int executionCount)
    {
        // What is printed comes in pieces; one output holds all that is printed in a row.
        var printed = new StringBuilder();
        foreach (var kernelEvent in events)
        {
            if (kernelEvent is StandardOutputValueProduced output)
            {
                printed.Append(output.FormattedValues.First().Value.ReplaceLineEndings("\n"));
                continue;
            }

            if (kernelEvent is not DisplayEvent shown)
                continue;
            if (printed.Length > 0)
                yield return TakePrinted(printed);
            yield return shown switch
            {
                StandardErrorValueProduced => CreateStream("stderr", shown.FormattedValues.First().Value),
                ReturnValueProduced => new JsonObject
                {
                    ["data"] = CreateData(shown), ["execution_count"] = executionCount, ["metadata"] = new JsonObject(), ["output_type"] = "execute_result",
                },
                _ => new JsonObject { ["data"] = CreateData(shown), ["metadata"] = new JsonObject(), ["output_type"] = "display_data" },
            };
        }

        if (printed.Length > 0)
            yield return TakePrinted(printed);
    }

    private static JsonObject TakePrinted(StringBuilder printed)
    {
        var stream = CreateStream("stdout", printed.ToString());
        printed.Clear();
        return stream;
    }

    private static JsonObject CreateStream(string name, string text) => new() { ["name"] = name, ["output_type"] = "stream", ["text"] = NotebookCell.Split(text.ReplaceLineEndings("\n")) };

    private static JsonObject CreateData(DisplayEvent shown) =>
        new(shown.FormattedValues.Select(value => KeyValuePair.Create<string, JsonNode?>(value.MimeType, NotebookCell.Split(value.Value.ReplaceLineEndings("\n")))));
}
