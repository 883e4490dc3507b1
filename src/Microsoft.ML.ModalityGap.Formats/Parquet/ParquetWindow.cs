using Parquet.Meta;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// A file of which Parquet.Net may be shown some pages alone: it reads columns whole, goes on to the next page as long as it has not all values, whatever stands there, and takes the end of a file for bytes without end.
/// </summary>
/// <param name="file">The file, which goes with this.</param>
internal sealed class ParquetWindow(FileStream file) : FileView(file)
{
    private readonly ParquetPageCopy _copy = new();

    /// <summary>Shows pages in place of the file.</summary>
    /// <param name="pages">Which.</param>
    /// <param name="codec">By what they are packed, where they are to be shown unpacked and as of version 1.</param>
    internal void Show(IReadOnlyList<ParquetPage> pages, CompressionCodec? codec)
    {
        if (codec is { } packed)
            _copy.CopyUnpacked(Source, pages, packed);
        else
            _copy.Copy(Source, pages);
        Source = _copy.Open();
    }

    /// <summary>Shows the file again.</summary>
    internal void ShowFile() => Source = File;

    /// <exception cref="EndOfStreamException">There is none.</exception>
    public override int ReadByte()
    {
        Span<byte> one = stackalloc byte[1];
        return Read(one) == 1 ? one[0] : throw new EndOfStreamException($"More is wanted than there is, behind byte {Position}.");
    }

    protected override int Admit(int count) => count;
}
