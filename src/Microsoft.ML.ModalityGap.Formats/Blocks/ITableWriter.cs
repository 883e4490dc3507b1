namespace Microsoft.ML.ModalityGap;

/// <summary>Writes a table block by block, from the buffers it was made with.</summary>
internal interface ITableWriter : IDisposable
{
    /// <summary>Writes the rows gathered.</summary>
    void Write(int rowCount);

    /// <summary>Writes what stands at the end; a file that is given up does not get it.</summary>
    void Complete();
}
