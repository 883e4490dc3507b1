namespace Microsoft.ML.ModalityGap;

/// <summary>A <see cref="ClipTokenizer"/> inside a <see cref="CheckedBlock"/>, its vocabulary included.</summary>
/// <remarks>
/// <code>
/// int32     context length of the options, 0 when the model's own; byte padding: 0 the model's own, 1 end token, 2 zero
/// 3 bools   lower case, HTML, punctuation
/// byte      from version 2 of the block on: SigLIP's cleaning, 0 none, else its value + 1; byte whether the mask is 0 for padding: 0 the model's own, 1 no, 2 yes
/// int32     the model's own context length; int32 the model's own padding id
/// byte      kind: 0 CLIP's BPE, 1 SentencePiece, 2 tokenizer.json (from version 2 of the block on), 3 RoBERTa's BPE
/// BPE       int32 number of tokens; per token: text, int32 id; int32 number of merges; per merge: int32 left id, int32 right id
/// RoBERTa's int32 id of the start token; int32 id of the end token; then as BPE
/// SP        text: the model file in base 64
/// JSON      int32 id of the start token, -1 for none; int32 id of the end token; int32 length and bytes of the file
/// </code>
/// </remarks>
internal static class ClipTokenizerFormat
{
    private const byte BytePairEncoding = 0;
    private const byte SentencePiece = 1;
    private const byte TokenizerJsonFile = 2;
    private const byte ByteLevelBytePairEncoding = 3;
    private const int None = -1;
    private const string Source = "the stored vocabulary";

    internal static void Write(BinaryWriter writer, ClipTokenizer tokenizer)
    {
        var options = tokenizer.Options;
        writer.Write(options.ContextLength ?? 0);
        writer.Write((byte)(options.PadWith is { } padding ? (int)padding + 1 : 0));
        writer.Write(options.LowerCase);
        writer.Write(options.CleanHtml);
        writer.Write(options.RemovePunctuation);
        writer.Write((byte)(options.SigLipCleaning is { } cleaning ? (int)cleaning + 1 : 0));
        writer.Write((byte)(options.MaskPadding is { } masks ? (masks ? 2 : 1) : 0));
        writer.Write(tokenizer.Encoder.Defaults.ContextLength);
        writer.Write(tokenizer.Encoder.Defaults.PaddingTokenId);
        switch (tokenizer.Encoder)
        {
            case ClipBpeEncoder encoder:
                writer.Write(BytePairEncoding);
                WriteVocabulary(writer, encoder.Vocabulary, encoder.Merges);
                break;
            case ByteLevelBpeEncoder encoder:
                writer.Write(ByteLevelBytePairEncoding);
                writer.Write(encoder.StartTokenId!.Value);
                writer.Write(encoder.EndTokenId);
                WriteVocabulary(writer, encoder.Vocabulary, encoder.Merges);
                break;
            case SentencePieceEncoder encoder:
                writer.Write(SentencePiece);
                writer.WriteText(Convert.ToBase64String(encoder.Model));
                break;
            case TokenizerJsonEncoder encoder:
                writer.Write(TokenizerJsonFile);
                writer.Write(encoder.StartTokenId ?? None);
                writer.Write(encoder.EndTokenId);
                writer.Write(encoder.Content.Length);
                writer.Write(encoder.Content);
                break;
            default:
                throw new NotSupportedException($"{tokenizer.Encoder.GetType()} cannot be saved.");
        }
    }

    internal static ClipTokenizer Read(BlockReader reader)
    {
        var contextLength = reader.ReadInt32();
        var padding = reader.ReadByte();
        var options = new ClipTokenizerOptions
        {
            ContextLength = contextLength == 0 ? null : contextLength,
            PadWith = padding == 0 ? null : (ClipPadding)(padding - 1),
            LowerCase = reader.ReadBoolean(),
            CleanHtml = reader.ReadBoolean(),
            RemovePunctuation = reader.ReadBoolean(),
        };
        if (reader.Version >= 2)
        {
            var (cleaning, masks) = (reader.ReadByte(), reader.ReadByte());
            options = options with { SigLipCleaning = cleaning == 0 ? null : (SigLipCleaning)(cleaning - 1), MaskPadding = masks == 0 ? null : masks == 2 };
        }
        else
        {
            // Then every mask was 0 for padding.
            options = options with { MaskPadding = true };
        }

        var defaults = new TextModelDefaults(reader.ReadInt32(), reader.ReadInt32());
        return reader.ReadByte() switch
        {
            BytePairEncoding => new ClipTokenizer(new ClipBpeEncoder(ReadVocabulary(reader), defaults), options),
            SentencePiece => new ClipTokenizer(SentencePieceEncoder.Restore(Convert.FromBase64String(reader.ReadText()), defaults), options),
            TokenizerJsonFile => new ClipTokenizer(ReadTokenizerJson(reader, defaults), options),
            ByteLevelBytePairEncoding => new ClipTokenizer(ReadByteLevel(reader, defaults), options),
            var kind => throw new InvalidDataException($"This version of Microsoft.ML.ModalityGap knows no tokenizer of kind {kind}."),
        };
    }

    private static TokenizerJsonEncoder ReadTokenizerJson(BlockReader reader, TextModelDefaults defaults)
    {
        var (start, end) = (reader.ReadInt32(), reader.ReadInt32());
        return TokenizerJsonEncoder.Restore(reader.ReadBytes(reader.ReadCount()), start == None ? null : start, end, defaults);
    }

    private static ByteLevelBpeEncoder ReadByteLevel(BlockReader reader, TextModelDefaults defaults)
    {
        var (start, end) = (reader.ReadInt32(), reader.ReadInt32());
        return new ByteLevelBpeEncoder(ReadVocabulary(reader), start, end, defaults);
    }

    private static void WriteVocabulary(BinaryWriter writer, ClipVocabulary vocabulary, ClipMerge[] merges)
    {
        writer.Write(vocabulary.Tokens.Count);
        foreach (var (token, id) in vocabulary.Tokens.OrderBy(entry => entry.Value))
        {
            writer.WriteText(token);
            writer.Write(id);
        }

        writer.Write(merges.Length);
        foreach (var merge in merges)
        {
            writer.Write(merge.Left);
            writer.Write(merge.Right);
        }
    }

    private static ClipVocabulary ReadVocabulary(BlockReader reader)
    {
        var count = reader.ReadCount();
        var tokens = new Dictionary<string, int>(count, StringComparer.Ordinal);
        var byId = new Dictionary<int, string>(count);
        for (var i = 0; i < count; i++)
        {
            var token = reader.ReadText();
            var id = reader.ReadInt32();
            if (!tokens.TryAdd(token, id) || !byId.TryAdd(id, token))
                throw new InvalidDataException($"{Source} is damaged: the token '{token}' or its id {id} is there twice.");
        }

        var merges = new (string, string)[reader.ReadCount()];
        for (var i = 0; i < merges.Length; i++)
        {
            string Find(int id) => byId.TryGetValue(id, out var token)
                ? token
                : throw new InvalidDataException($"{Source} is damaged: merge {i + 1} needs the id {id}, which no token has.");
            merges[i] = (Find(reader.ReadInt32()), Find(reader.ReadInt32()));
        }

        return new ClipVocabulary(tokens, merges, Source);
    }
}
