namespace Microsoft.ML.ModalityGap;

/// <summary>What becomes of text that no piece covers.</summary>
/// <param name="Id">The id of the unknown token; <see langword="null"/> where such text gives nothing.</param>
/// <param name="ByteIds">The ids of the 256 bytes, which are taken instead; <see langword="null"/> where there are none.</param>
/// <param name="Merges">Whether unknown pieces in a row are one token.</param>
internal sealed record UnknownPieces(int? Id, int[]? ByteIds, bool Merges)
{
    /// <summary>The name of a byte's token.</summary>
    internal static string NameOf(int value) => $"<0x{value:X2}>";
}
