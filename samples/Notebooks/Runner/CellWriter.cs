using System.Text;

namespace NotebookRunner;

/// <summary>The console of a running cell: what is written becomes output of the cell.</summary>
/// <param name="outputs">Where it goes.</param>
/// <param name="stream"><c>stdout</c> or <c>stderr</c>.</param>
internal sealed class CellWriter(CellOutputs outputs, string stream) : TextWriter
{
    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value) => outputs.Print(stream, value.ToString());

    public override void Write(string? value) => outputs.Print(stream, value ?? "");

    public override void Write(char[] buffer, int index, int count) => outputs.Print(stream, new string(buffer, index, count));
}
