using Parquet.Meta;

namespace Microsoft.ML.ModalityGap;

/// <summary>A page of a column of a row group, as its header describes it.</summary>
/// <param name="Kind">Data of either version, or a dictionary.</param>
/// <param name="Position">Where its header begins.</param>
/// <param name="ContentPosition">Where what follows the header begins.</param>
/// <param name="PackedBytes">How long that is.</param>
/// <param name="UnpackedBytes">How long, unpacked.</param>
/// <param name="ValueCount">How many entries it has.</param>
/// <param name="Encoding">How its values are encoded.</param>
/// <param name="RepetitionBytes">Of version 2: how many bytes of repetition levels stand before all else, never packed.</param>
/// <param name="DefinitionBytes">Of version 2: how many bytes of definition levels stand behind them.</param>
/// <param name="IsPacked">Of version 2: whether its values are packed.</param>
internal readonly record struct ParquetPage(
    PageType Kind, long Position, long ContentPosition, int PackedBytes, int UnpackedBytes, int ValueCount, Encoding Encoding, int RepetitionBytes = 0, int DefinitionBytes = 0, bool IsPacked = true)
{
    /// <summary>Where the next one begins.</summary>
    internal long End => ContentPosition + PackedBytes;
}
