namespace Microsoft.ML.ModalityGap;

/// <summary>What a <see cref="TokenizeClipTextTransformer"/> stores in an ML.NET model, inside a <see cref="CheckedBlock"/>.</summary>
/// <remarks>
/// <code>
/// text      input column; text column of ids
/// text      column of the mask, empty for none; text column of the cuts, empty for none
/// byte      type of ids: 0 Int64, 1 Int32
/// tokenizer ClipTokenizerFormat
/// </code>
/// </remarks>
internal static class TokenizeClipTextFormat
{
    private const string What = "CLIP text tokenizer";
    private static readonly BlockSignature _signature = new("MGTK", Version: 2);

    internal static void Write(Stream stream, TokenizeClipTextTransformer transformer) => CheckedBlock.Write(stream, _signature, writer =>
    {
        writer.WriteText(transformer.InputColumnName);
        writer.WriteText(transformer.Options.InputIdsColumnName);
        writer.WriteText(transformer.Options.AttentionMaskColumnName ?? "");
        writer.WriteText(transformer.Options.TruncatedColumnName ?? "");
        writer.Write((byte)transformer.Options.IdType);
        ClipTokenizerFormat.Write(writer, transformer.Tokenizer);
    });

    internal static (ClipTokenizer Tokenizer, string InputColumnName, TokenizeClipTextOptions Options) Read(Stream stream)
    {
        var reader = CheckedBlock.Read(stream, _signature, What);
        var inputColumnName = reader.ReadText();
        var options = new TokenizeClipTextOptions
        {
            InputIdsColumnName = reader.ReadText(),
            AttentionMaskColumnName = NullIfEmpty(reader.ReadText()),
            TruncatedColumnName = NullIfEmpty(reader.ReadText()),
            IdType = (ClipIdType)reader.ReadByte(),
        };
        var tokenizer = ClipTokenizerFormat.Read(reader);
        reader.ExpectEnd();
        return (tokenizer, inputColumnName, options);
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
