namespace NotebookRunner;

/// <summary>What cells can call without naming a class, under the names that kernels of .NET notebooks give it.</summary>
/// <param name="outputs">Where what is displayed goes.</param>
public sealed class NotebookGlobals(CellOutputs outputs)
{
    /// <summary>Displays a value while the cell runs.</summary>
    public void display(object value)
    {
        ArgumentNullException.ThrowIfNull(value);
        outputs.Display(value);
    }

    /// <summary>Text to be displayed as HTML.</summary>
    public static HtmlContent HTML(string html) => new(html);
}
