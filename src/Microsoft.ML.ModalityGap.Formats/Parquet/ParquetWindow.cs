namespace Microsoft.ML.ModalityGap;

/// <summary>
/// A file of which only a part may be read: Parquet.Net goes on to the next page as long as it has not all values, whatever stands there, and takes the end of a file for bytes without end.
/// </summary>
/// <param name="file">The file, which goes with this.</param>
internal sealed class ParquetWindow(FileStream file) : FileView(file)
{
    /// <summary>Where reading ends.</summary>
    internal long End { get; set; } = file.Length;

    /// <exception cref="EndOfStreamException">There is none.</exception>
    public override int ReadByte() => Position < End ? base.ReadByte() : throw new EndOfStreamException($"More is wanted than there is: byte {Position}, behind the end at {End}.");

    protected override int Admit(int count) => (int)Math.Clamp(End - Position, 0, count);
}
